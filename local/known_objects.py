"""Well-known objects, by the names people give them, and which service knows each.

Positions are ICRS degrees as SIMBAD and NED publish them, good to an arcsecond or so for extended objects.
"""

from __future__ import annotations

# Names a service knows are separated by bars; the first is the one it answers with.
GALAXIES = {
    "Messier 031|M 31|NGC 0224|Andromeda Galaxy": (10.684708, 41.268750),
    "Messier 032|M 32|NGC 0221": (10.674300, 40.865287),
    "NGC 0253|Sculptor Galaxy": (11.888058, -25.288220),
    "Small Magellanic Cloud|SMC": (13.158333, -72.800278),
    "Messier 033|M 33|NGC 0598|Triangulum Galaxy": (23.462069, 30.659942),
    "Messier 074|M 74|NGC 0628": (24.174050, 15.783641),
    "NGC 0891": (35.639224, 42.349146),
    "Messier 077|M 77|NGC 1068": (40.669879, -0.013289),
    "NGC 1275|Perseus A": (49.950667, 41.511695),
    "NGC 1365": (53.401548, -36.140402),
    "Large Magellanic Cloud|LMC": (80.894200, -69.756100),
    "Messier 081|M 81|NGC 3031": (148.888221, 69.065295),
    "Messier 082|M 82|NGC 3034": (148.969687, 69.679383),
    "NGC 4151": (182.635745, 39.405730),
    "Messier 106|M 106|NGC 4258": (184.740083, 47.304000),
    "Messier 084|M 84|NGC 4374": (186.265597, 12.886983),
    "3C 273": (187.277915, 2.052388),
    "Messier 049|M 49|NGC 4472": (187.444992, 8.000411),
    "Messier 087|M 87|NGC 4486|Virgo A": (187.705931, 12.391123),
    "NGC 4565": (189.086584, 25.987674),
    "Messier 104|M 104|NGC 4594|Sombrero Galaxy": (189.997633, -11.623054),
    "Messier 060|M 60|NGC 4649": (190.916667, 11.552700),
    "Messier 094|M 94|NGC 4736": (192.721453, 41.120152),
    "Messier 064|M 64|NGC 4826": (194.181837, 21.682970),
    "Messier 063|M 63|NGC 5055": (198.955542, 42.029289),
    "NGC 5128|Centaurus A|Cen A": (201.365063, -43.019112),
    "Messier 051|M 51|NGC 5194|Whirlpool Galaxy": (202.469575, 47.195258),
    "Messier 083|M 83|NGC 5236": (204.253958, -29.865417),
    "Messier 101|M 101|NGC 5457": (210.802429, 54.348750),
    "NGC 6946": (308.718015, 60.153915),
    "BL Lacertae|BL Lac": (330.680381, 42.277772),
    "NGC 7331": (339.266724, 34.415519),
    "NGC 7479": (346.236042, 12.322889),
}
STARS_AND_CLUSTERS = {
    "NGC 104|47 Tuc": (6.022329, -72.081444),
    "* alf UMi|Polaris": (37.954561, 89.264109),
    "M 45|Pleiades": (56.601000, 24.114000),
    "M 1|NGC 1952|Crab Nebula": (83.633080, 22.014500),
    "M 42|NGC 1976|Orion Nebula": (83.818700, -5.389700),
    "* alf Ori|Betelgeuse": (88.792939, 7.407064),
    "* alf CMa|Sirius": (101.287155, -16.716116),
    "NGC 5139|omega Cen": (201.697000, -47.479472),
    "* alf Boo|Arcturus": (213.915300, 19.182409),
    "NAME Proxima Centauri|Proxima Cen": (217.428953, -62.679484),
    "M 13|NGC 6205": (250.423475, 36.461319),
    "NAME Sgr A*|Sgr A*|Galactic Center": (266.416817, -29.007825),
    "NAME Barnard's star|Barnard's star": (269.452077, 4.693365),
    "* alf Lyr|Vega": (279.234735, 38.783689),
    "M 57|NGC 6720|Ring Nebula": (283.396236, 33.029134),
    "M 27|NGC 6853|Dumbbell Nebula": (299.901538, 22.721131),
}
DESIGNATIONS = {
    "2MASX J23045666+1219223": (346.236083, 12.322861),
    "2MASX J00424433+4116085": (10.684708, 41.269028),
    "2MASX J13370091-2951567": (204.253792, -29.865750),
}


def index(objects: dict[str, tuple[float, float]]) -> dict[str, tuple[str, float, float]]:
    """Every spelling, without blanks, leading zeros and capitals, to the service's name and position."""
    return {
        folded(name): (names.split("|")[0], ra, dec)
        for names, (ra, dec) in objects.items()
        for name in names.split("|")
    }


def folded(name: str) -> str:
    """Normalize a name as the services do: ``NGC 0224`` is ``ngc224``, ``Messier 031`` is ``m31``."""
    words = name.lower().replace("messier", "m").split()
    return "".join(word.lstrip("0") or "0" if word.isdigit() else word for word in words)
