"""Says what is wrong with the syntax of a warehouse's SQL: python syntax.py FILE DIALECT

The file is a JSON list of texts, the dialect snowflake or bigquery. A JSON list with a list of problems for each goes to stdout.

It is sqlfluff that parses each text, as `sqlfluff parse --dialect DIALECT --templater raw` does, and the body of each $$ ... $$ as
a text of its own, with what sqlfluff refuses wrongly allowed, and what it accepts wrongly refused.
"""

import json
import re
import sys

from sqlfluff.core import FluffConfig, Linter

DIALECT = sys.argv[2]
LINTER = Linter(config=FluffConfig(overrides={"dialect": DIALECT, "templater": "raw"}))

# What sqlfluff does not know, and what is read in its place.
UNKNOWN = {
    # A schema that is a clone may be transient.
    "snowflake": (re.compile(r"(?i)(\bcreate\s+(?:or\s+replace\s+)?)transient(\s+schema\s[^;]*?\sclone\s)"), r"\1         \2"),
    # Roles are granted to principals in quotes.
    "bigquery": (re.compile(r"(?i)\bgrant\s+ROLE\s+on\s+KIND\s+to\s+WHOM|\brevoke\s+ROLE\s+on\s+KIND\s+from\s+WHOM".replace("ROLE", r"`[\w./:-]+`").replace("KIND", r"(?:table|(?:materialized\s+)?view|schema)\s+`[^`;]+`(?:\.`[^`;]+`)*").replace("WHOM", r"'[^';]+'(?:\s*,\s*'[^';]+')*")), "select 1"),
}[DIALECT]

# The words of a statement have a space between any two of them.
WRONG = {
    "bigquery": [
        (r"^CREATE OR REPLACE (\w+ )*IF NOT EXISTS ", "OR REPLACE and IF NOT EXISTS exclude each other"),
        (r"^CREATE OR REPLACE SNAPSHOT ", "no statement replaces a snapshot"),
        (r"^CREATE (OR REPLACE )?TABLE .* (COPY|CLONE) .* AS SELECT ", "a copy has no query"),
        (r", \)", "nothing follows a comma"),
    ],
    "snowflake": [
        (r"^CREATE OR REPLACE (\w+ )*IF NOT EXISTS ", "OR REPLACE and IF NOT EXISTS exclude each other"),
        (r"^CREATE .*COPY GRANTS .*CLONE ", "COPY GRANTS comes after CLONE"),
        (r"^CREATE .*COPY GRANTS LIKE ", "COPY GRANTS comes after LIKE"),
        (r"^CREATE (OR REPLACE )?(TRANSIENT )?(DATABASE|SCHEMA) .*CLONE .*COPY GRANTS", "a clone of a database or schema has no COPY GRANTS"),
        (r", \)", "nothing follows a comma"),
        (r"\. \.", "a part of a name is empty, which means the schema PUBLIC"),
    ],
}[DIALECT]

PARTS = {"database_reference": 1, "schema_reference": 2, "column_reference": 4}


def problems(text, first=1):
    """Return them for a text whose first line has this number."""
    try:
        parsed = LINTER.parse_string(UNKNOWN[0].sub(UNKNOWN[1], text))
    except RuntimeError as error:  # of a grammar that is not complete, and no other one has taken the text
        return [f"line {first}: {str(error).splitlines()[0]}"]
    found = [(violation.line_no, re.sub(r"^Line \d+, Position \d+: ", "", violation.desc())) for violation in parsed.violations]
    if (variant := parsed.root_variant()) and variant.tree:
        found += [(segment.pos_marker.line_no, problem) for segment, problem in own(variant.tree)]
    elif not found:
        found = [(1, "sqlfluff cannot parse it")]
    said = [f"line {first + line - 1}: {problem}" for line, problem in found]
    for line, body in bodies(variant.tree if variant else None):
        said += problems(body, first + line - 1)
    return list(dict.fromkeys(said))


def bodies(tree):
    for segment in tree.raw_segments if tree else []:
        if (body := re.fullmatch(r"(?s)\$\$(.*)\$\$", segment.raw)) is not None:
            yield segment.pos_marker.line_no, body[1]


def own(tree):
    """Yield what sqlfluff has accepted wrongly."""
    empty = True  # is what follows a semicolon so far
    for segment in tree.raw_segments:
        if segment.is_type("statement_terminator"):
            if empty:
                yield segment, "an empty statement"
            empty = True
        elif segment.is_code:
            empty = False
    within = False  # a transaction
    for statement in tree.recursive_crawl("statement"):
        words = " ".join("''" if segment.is_type("quoted_literal") else segment.raw_upper for segment in statement.raw_segments if segment.is_code)
        within = words.startswith("BEGIN TRANSACTION") or (within and not words.startswith("COMMIT TRANSACTION"))
        if within and DIALECT == "bigquery" and re.match(r"(CREATE|DROP|ALTER) ", words):
            yield statement, "a transaction holds no DDL"
        for pattern, problem in WRONG:
            if re.search(pattern, words):
                yield statement, problem
        for reference in statement.recursive_crawl("object_reference") if DIALECT == "snowflake" else ():
            parts = sum(part.is_type("identifier") for part in reference.raw_segments)
            if parts > PARTS.get(reference.get_type(), 3):
                yield reference, f"{reference.raw} has {parts} parts"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        json.dump([problems(text) for text in json.load(file)], sys.stdout)
