"""How to acknowledge and cite a survey: its own words, and BibTeX."""

from __future__ import annotations

from skybatch.surveys.description.survey import Survey

ADS = "https://ui.adsabs.harvard.edu/abs/"


def bibtex(survey: Survey) -> str:
    """Return the BibTeX entries of a survey, with a blank line between two.

    Its description's own, or one for each of its references and its DOI, with what can be said of them.
    Empty where the description names none.
    """
    if survey.bibtex.strip():
        return survey.bibtex.strip()
    entries = [_of_bibcode(survey, code) for code in survey.references]
    if survey.doi and not entries:
        entries.append(_entry(survey, f"doi:{survey.doi}", {"doi": survey.doi}))
    return "\n\n".join(entries)


def _of_bibcode(survey: Survey, code: str) -> str:
    """Return the entry of a bibliographic code, whose first four characters are the year."""
    return _entry(survey, code, {"year": code[:4], "adsurl": ADS + code.replace("&", "%26")})


def _entry(survey: Survey, key: str, fields: dict[str, str]) -> str:
    lines = {"title": f"{{{survey.title}}}", **fields}
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in lines.items())
    return f"@misc{{{key},\n{body}\n}}"
