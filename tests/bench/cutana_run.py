"""ESA's Cutana over a catalogue, as its README says, for raw cutouts in FITS; run in its own environment."""

import sys


def main(catalogue: str, out: str, workers: str) -> None:
    """Run its orchestrator."""
    from cutana import Orchestrator, get_default_config  # type: ignore[import-not-found]

    config = get_default_config()
    config.source_catalogue = catalogue
    config.output_dir = out
    config.output_format = "fits"
    config.do_only_cutout_extraction = True
    config.apply_flux_conversion = False
    config.selected_extensions = [{"name": "PRIMARY", "ext": "PrimaryHDU"}]
    config.channel_weights = {"PRIMARY": [1.0]}
    config.max_workers = int(workers)
    result = Orchestrator(config).run()
    if result["status"] != "completed":
        raise SystemExit(str(result))


if __name__ == "__main__":
    main(*sys.argv[1:4])
