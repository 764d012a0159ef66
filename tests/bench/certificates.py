"""How fast certificates are made, against the same page written by hand (see ``pdf_floor``).

Run with ``make bench-certificates``: one process, one core, no database. ``ratios.floor`` is our
drawing over the floor, with the same QR encoder and mask on both sides; ``per_second`` counts all
of a certificate: drawing, credential with its proof, tags and attachment, signature. The variants
take turns in every round, and the processor's clock times them, so that neighbours on the machine
disturb little. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from certificates.codes import ALPHABET, grouped, new_code
from certificates.credential import issue_credential
from certificates.layout import Layout
from certificates.render import Page, Snapshot, draw
from certificates.sealing import CertificateContent, seal
from certificates.signing import sign_pdf
from tests.bench.pdf_floor import Floor
from tests.certificates.making import CLAIMS, SNAPSHOT, URL, fonts, new_issuer, new_keys

BATCH = 20
FAMILY = ["Иванова", "Петрова", "Сидоренко", "Щукина", "Ёлкина", "Цой", "Жданова", "Фёдорова"]
GIVEN = ["Мария", "Анна", "Юлия", "Эльвира", "Ольга", "Хадижат", "Наталья"]
PATRONYMIC = ["Петровна", "Ильинична", "Сергеевна", "Борисовна", "Чеславовна"]
LETTERS = sorted({*"".join([*FAMILY, *GIVEN, *PATRONYMIC]), *ALPHABET, *"№БК- "})


def people(count: int) -> list[Snapshot]:
    """Snapshots with names, numbers and codes of their own."""
    made = []
    for place in range(count):
        name = " ".join(names[place % len(names)] for names in (FAMILY, GIVEN, PATRONYMIC))
        code, number = grouped(new_code()), f"БК-2026-{place:06d}"
        made.append(replace(SNAPSHOT, name=name, number=number, code=code, url=f"{URL}/v/{code}/"))
    return made


def milliseconds(work: Callable[[Snapshot], object], batch: list[Snapshot]) -> float:
    """Of the processor, for each."""
    begun = time.process_time()
    for snapshot in batch:
        work(snapshot)
    return (time.process_time() - begun) * 1000 / len(batch)


def measure(rounds: int, write_to: Path | None) -> dict[str, Any]:
    typeface, everyone = fonts(), people(rounds * BATCH + 1)
    floor = Floor(everyone[0], typeface, letters="".join(LETTERS))
    with tempfile.TemporaryDirectory() as folder:
        issuer = new_issuer(new_keys(Path(folder) / "keys"))
    page = draw(everyone[0], Layout(), typeface)

    def whole(snapshot: Snapshot) -> bytes:
        return seal(CertificateContent(snapshot, CLAIMS), Layout(), issuer, typeface).pdf

    stages: dict[str, Callable[[Snapshot], object]] = {
        "floor": floor.write,
        "drawing": lambda snapshot: Page(snapshot, Layout(), typeface).drawn(),
        "drawing_and_tags": lambda snapshot: draw(snapshot, Layout(), typeface),
        "credential": lambda snapshot: issue_credential(CLAIMS, issuer),
        "signature": lambda snapshot: sign_pdf(page, issuer.signer),
        "whole": whole,
    }
    for work in stages.values():
        work(everyone[-1])
    taken: dict[str, list[float]] = {stage: [] for stage in stages}
    for start, end in pairwise(range(0, rounds * BATCH + 1, BATCH)):
        for stage, work in stages.items():
            taken[stage].append(milliseconds(work, everyone[start:end]))
    if write_to is not None:
        (write_to / "floor.pdf").write_bytes(floor.write(everyone[3]))
        (write_to / "ours.pdf").write_bytes(whole(everyone[3]))
    medians = {stage: statistics.median(values) for stage, values in taken.items()}
    ratios = {
        name: statistics.median(
            ours / theirs for ours, theirs in zip(taken[stage], taken["floor"], strict=True)
        )
        for name, stage in (("floor", "drawing"), ("whole", "whole"))
    }
    return {
        "per_second": round(1000 / medians["whole"], 1),
        "bytes": len(whole(everyone[0])),
        "ratios": {name: round(ratio, 2) for name, ratio in ratios.items()},
        "milliseconds": {stage: round(value, 2) for stage, value in medians.items()},
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "certificates": rounds * BATCH,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--write-to", type=Path, help="leave a file of each side in this folder")
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.rounds, arguments.write_to)))


if __name__ == "__main__":
    main()
