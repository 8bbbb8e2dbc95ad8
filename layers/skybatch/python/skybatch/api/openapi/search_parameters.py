"""The parameters of searches and cutouts: what each is, and values with which a call answers something."""

from __future__ import annotations

from collections.abc import Mapping

from skybatch.surveys.known import default_survey

SIA1 = {
    "POS": "Right ascension and declination in degrees, ICRS, with a comma between.",
    "SIZE": "Width and height of the region in degrees.",
    "INTERSECT": "COVERS, ENCLOSED, CENTER or OVERLAPS.",
}
SEARCH = {
    "POS": "A position; a table of positions is posted as a file, in a multipart form.",
    "SIZE": "Width and height of the region in degrees.",
    "INTERSECT": "COVERS, ENCLOSED, CENTER or OVERLAPS.",
    "where": "A condition on columns, as in SQL.",
    "columns": "Columns of the answer, with commas between.",
    "mcen": "Only the image whose center is nearest to the position.",
}
CUTOUT = {
    "center": "Center of the cutout, in degrees or pixels.",
    "size": "Width and height of the cutout, with a unit.",
    "gzip": "Whether the file is compressed: true or false.",
}
SIA2 = {
    "POS": "CIRCLE, RANGE or POLYGON, in degrees, ICRS.",
    "BAND": "Wavelengths in metres.",
    "TIME": "Modified Julian dates.",
    "SPECRP": "Spectral resolving powers.",
    "COLLECTION": "A data set.",
    "MAXREC": "Most rows of the answer.",
}
SODA = {
    "ID": "Identifier of an image.",
    "CIRCLE": "Right ascension, declination and radius in degrees, ICRS.",
    "POLYGON": "Right ascensions and declinations of the vertices in degrees, ICRS.",
    "POS": "CIRCLE, RANGE or POLYGON.",
    "BAND": "Wavelengths in metres: two numbers.",
    "TIME": "Modified Julian Dates: two numbers.",
    "PIXELS": "First and last pixel along axis 1 and along axis 2, from 1: four numbers.",
}
DATALINK = {"ID": "Identifier of an image."}
INVENTORY = {
    "ds": "A data set.",
    "POS": "A position, or an object's name.",
    "SIZE": "Width and height of the region in degrees.",
    "FORMAT": "As SIA 1.0 has it.",
}
IMAGE = {
    "ds": f"A data set: {', '.join(default_survey().datasets)}.",
    "dh": "Night and hemisphere: yymmdd, and n or s.",
    "scan": "Scan number.",
    "name": "File name.",
    "type": "at (Atlas image) or ql (Quicklook).",
}
IMAGE_PAGE = {"ds": IMAGE["ds"], "key": "A coadd key.", "band": "j, h or k."}

# Values with which each call answers something: of images that the survey's documentation takes as examples.
STORED = "twomass/allsky/allsky/971031n/s096/image/ji0960197.fits.gz"
POSITION = {"POS": "65.497627,19.535070", "SIZE": "0.1"}
PUBLISHER_DID = {"ID": f"ivo://skybatch/2mass?{STORED}"}
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "searchSia1": POSITION,
    "searchTable": POSITION,
    "getArchiveFile": {"path": STORED, "center": "256,512px", "size": "100px"},
    "getImageByParts": {"ds": "asky", "dh": "971031n", "scan": "096", "name": "ji0960197.fits.gz"},
    "searchInventory": {"ds": "asky", **POSITION},
    "getImagePage": {"ds": "asky", "key": "1590591", "band": "j"},
    "searchSia2": {"POS": "CIRCLE 65.497627 19.535070 0.1", "MAXREC": "10"},
    "searchArchiveSia2": {"POS": "CIRCLE 65.497627 19.535070 0.1", "MAXREC": "10"},
    "cutImage": {**PUBLISHER_DID, "PIXELS": "201 300 451 550"},
    "listLinks": PUBLISHER_DID,
    "getRecord": {"record_id": "service"},
}
