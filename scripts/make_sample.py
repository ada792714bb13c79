"""Make the bundled sample of E0 results from the public-domain ``datasets/football-datasets``.

    python scripts/make_sample.py FOLDER

FOLDER is that set's ``premier-league`` folder (season-1213.csv and so on). The same input gives the same bytes.
"""

import csv
import gzip
import hashlib
import io
import sys
from pathlib import Path

SEASONS = range(2012, 2025)
COLUMNS = ["Date", "HomeTeam", "AwayTeam", "FTHG", "FTAG", "FTR", "HTHG", "HTAG"]
COLUMNS += ["HS", "AS", "HST", "AST", "HC", "AC", "HF", "AF", "HY", "AY", "HR", "AR"]
TARGET = Path(__file__).parents[1] / "src/touchline/ingest/sources/sample"
NOTICE = """\
Real results of the English Premier League (E0), seasons 2012-2013 to 2024-2025, as bundled with touchline.

Source:   https://github.com/datasets/football-datasets, snapshot of 2026-06-23, folder premier-league
Licence:  Open Data Commons Public Domain Dedication and License (PDDL) 1.0
Content:  date, sides, goals at full and half time, shots, shots on target, corners, fouls, cards; no odds, no persons
Rows:     {rows}
SHA-256 of the uncompressed CSV: {sha256}
Made by:  scripts/make_sample.py
"""


def collect(folder: Path) -> tuple[str, int]:
    """All seasons as one CSV text, and the number of matches."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["Season", *COLUMNS])
    rows = 0
    for start in SEASONS:
        path = folder / f"season-{start % 100:02d}{(start + 1) % 100:02d}.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                writer.writerow([f"{start}-{start + 1}", *(row[column] for column in COLUMNS)])
                rows += 1
    return out.getvalue(), rows


def main() -> None:
    """Write the sample and its NOTICE."""
    text, rows = collect(Path(sys.argv[1]))
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / "e0.csv.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    (TARGET / "NOTICE").write_text(NOTICE.format(rows=rows, sha256=sha256))


if __name__ == "__main__":
    main()
