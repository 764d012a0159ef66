"""The canonical form of JSON-LD (RDFC-1.0) that proofs are made over, from local contexts alone.

Processing contexts takes most of the time of a canonical form, and credentials of one kind differ
only in their words and numbers. So the expansion is kept for each shape of document, with a mark in
place of every string, and the strings are put back; the tests compare it with the plain way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pyld import jsonld

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
_FOLDER = Path(__file__).parent / "contexts"
_FILES = {CREDENTIALS: "credentials-v2.json", OPEN_BADGES: "open-badges-3.0.3.json"}

_STRUCTURAL = {"@context", "@type", "type", "proofPurpose"}
"""Keys whose values decide how the rest is read."""
_MARK = "urn:x-kept-place:"
_PLAIN_IRI = re.compile(r"(?:https?|did|urn):[^\s<>\"{}|\\^`]+")


class DocumentError(ValueError):
    """The document is not JSON-LD that a proof could cover; the message says why."""


@lru_cache(maxsize=8)
def context(url: str) -> dict[str, Any]:
    """A context that ships with the platform. Raises DocumentError for any other."""
    if url not in _FILES:
        raise DocumentError(f"unknown context {url}")
    loaded: dict[str, Any] = json.loads((_FOLDER / _FILES[url]).read_text())
    return loaded


def canonical(
    document: dict[str, Any], *, further: Mapping[str, Any] = MappingProxyType({})
) -> str:
    """The document as canonical N-Quads.

    ``further``: contexts by address, beside those that ship with the platform. Nothing is fetched.
    A property or type that no context defines would silently be left out of what is signed;
    it raises DocumentError, as does everything else that cannot be canonical.
    """
    try:
        expanded = _expanded(document, further)
        quads: str = jsonld.normalize(
            expanded,
            {
                "algorithm": "URDNA2015",
                "format": "application/n-quads",
                "base": None,
                "documentLoader": _loader(further),
            },
        )
    except (jsonld.JsonLdError, RecursionError, TypeError, KeyError) as error:
        raise DocumentError(str(error)) from error
    return quads


def _expanded(document: dict[str, Any], further: Mapping[str, Any]) -> Any:
    """As ``jsonld.expand`` gives it, by way of the kept shape where that is sure to be the same."""
    if further:
        return expand_plainly(document, further)
    strings: list[str] = []
    shape = json.dumps(_marked(document, strings), sort_keys=True)
    kept, references = _expanded_shape(shape)
    if any(not _PLAIN_IRI.fullmatch(strings[place]) for place in references):
        return expand_plainly(document, further)
    return _filled(kept, strings)


def expand_plainly(document: dict[str, Any], further: Mapping[str, Any]) -> Any:
    """``jsonld.expand`` that refuses what it would drop. Raises DocumentError."""
    dropped: list[str] = []
    expanded = jsonld.expand(
        deepcopy(document),
        {"base": None, "documentLoader": _loader(further)},
        on_property_dropped=lambda name: dropped.append(str(name)),
    )
    if dropped:
        raise DocumentError(f"no context defines {', '.join(dropped)}")
    _refuse_relative(expanded)
    return expanded


@lru_cache(maxsize=64)
def _expanded_shape(shape: str) -> tuple[Any, frozenset[int]]:
    """The expansion of a document of marks, and which marks became addresses of things."""
    expanded = expand_plainly(json.loads(shape), MappingProxyType({}))
    references: set[int] = set()
    _collect_references(expanded, references)
    return expanded, frozenset(references)


def _marked(node: Any, strings: list[str]) -> Any:
    if isinstance(node, dict):
        return {
            key: value if key in _STRUCTURAL else _marked(value, strings)
            for key, value in sorted(node.items())
        }
    if isinstance(node, list):
        return [_marked(value, strings) for value in node]
    if isinstance(node, str):
        strings.append(node)
        return f"{_MARK}{len(strings) - 1}"
    return node


def _filled(node: Any, strings: list[str]) -> Any:
    if isinstance(node, dict):
        return {key: _filled(value, strings) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, strings) for value in node]
    if isinstance(node, str) and node.startswith(_MARK):
        return strings[int(node[len(_MARK) :])]
    return node


def _collect_references(node: Any, found: set[int]) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, str) and value.startswith(_MARK) and key != "@value":
                found.add(int(value[len(_MARK) :]))
            _collect_references(value, found)
    elif isinstance(node, list):
        for value in node:
            _collect_references(value, found)


def _refuse_relative(node: Any) -> None:
    """Types and addresses without a scheme are terms that no context knows."""
    if isinstance(node, list):
        for value in node:
            _refuse_relative(value)
    elif isinstance(node, dict):
        names = [*node.get("@type", [])] if isinstance(node.get("@type"), list) else []
        names += [node["@id"]] if "@id" in node else []
        for name in names:
            if not isinstance(name, str) or ":" not in name:
                raise DocumentError(f"no context defines {name}")
        for value in node.values():
            _refuse_relative(value)


def _loader(further: Mapping[str, Any]) -> Any:
    def load(url: str, options: Any = None) -> dict[str, Any]:
        document = further[url] if url in further else context(url)
        return {
            "contextUrl": None,
            "documentUrl": url,
            "document": document,
            "contentType": "application/ld+json",
        }

    return load
