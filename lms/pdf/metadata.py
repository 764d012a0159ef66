"""What a PDF says of itself: the XMP packet that PDF/A and PDF/UA look for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

CREATOR = "Berezhno"


@dataclass(frozen=True)
class About:
    """``created`` must be aware; without it the file carries no date and stays reproducible."""

    title: str
    language: str = "ru-RU"
    author: str = ""
    subject: str = ""
    created: datetime | None = None


def xmp_packet(about: About) -> bytes:
    """The metadata of a PDF/A-3a and PDF/UA-1 file.

    ``pdfuaid`` is not among the schemas that PDF/A knows, so the packet describes it itself
    (ISO 19005-3, 6.6.2.3).
    """
    facts = f"<dc:title>{_spoken(about.title, about.language)}</dc:title>"
    if about.author:
        facts += (
            f"<dc:creator><rdf:Seq><rdf:li>{_text(about.author)}</rdf:li></rdf:Seq></dc:creator>"
        )
    if about.subject:
        facts += f"<dc:description>{_spoken(about.subject, about.language)}</dc:description>"
    if about.created is not None:
        moment = about.created.isoformat(timespec="seconds")
        facts += (
            f"<xmp:CreateDate>{moment}</xmp:CreateDate><xmp:ModifyDate>{moment}</xmp:ModifyDate>"
        )
    return _PACKET.format(facts=facts, creator=CREATOR, language=_text(about.language)).encode()


def _spoken(text: str, language: str) -> str:
    return (
        f'<rdf:Alt><rdf:li xml:lang="x-default">{_text(text)}</rdf:li>'
        f'<rdf:li xml:lang="{_text(language)}">{_text(text)}</rdf:li></rdf:Alt>'
    )


def _text(text: str) -> str:
    """Escaped, without the control characters that XML cannot carry."""
    return escape("".join(sign for sign in text if sign >= " " or sign in "\t\n"), {'"': "&quot;"})


_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
{facts}
<xmp:CreatorTool>{creator}</xmp:CreatorTool><pdf:Producer>{creator}</pdf:Producer>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
