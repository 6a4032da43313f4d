"""SQL in SQLite and DuckDB."""

import sqlite3

import duckdb

# SQLite takes 2,000 columns and variables unless it is built otherwise.
SQLITE_COLUMNS_MAX = 2000


def types(case, texts, integers, booleans, numbers):
    """The type of each column."""
    kinds = {str: texts, int: integers, bool: booleans}
    for feature in case.features:
        categories = (feature.get("encoding") or {}).get("categories")
        yield kinds[type(categories[0])] if categories else numbers


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def create(case, types):
    columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in zip(case.names, types))
    return f"CREATE TABLE model_input ({columns})"


def insert(case):
    return f"INSERT INTO model_input VALUES ({', '.join('?' * len(case.names))})"


def result(case, names, rows):
    """What the added columns say, by their names."""
    names = [name for name, *_ in names][len(case.names):]
    for row in rows:
        added = dict(zip(names, row[len(case.names):]))
        if not case.labels:
            yield [value for name, value in added.items() if not name.startswith("score")]
            continue
        label = next(value for name, value in added.items() if name.rstrip("_") == "prediction")
        label = bool(label) if isinstance(case.labels[0], bool) else label
        yield label, [value for name, value in added.items() if name.startswith("probability_")]


def in_sqlite(case, path):
    connection = sqlite3.connect(":memory:")
    if len(case.names) > SQLITE_COLUMNS_MAX:
        return in_narrow_sqlite(connection, case, path)
    connection.execute(create(case, types(case, "TEXT", "INTEGER", "BOOLEAN", "REAL")))
    connection.executemany(insert(case), case.rows)
    cursor = connection.execute(path.read_text(encoding="utf-8"))
    return list(result(case, cursor.description, cursor))


def in_narrow_sqlite(connection, case, path):
    """A table of the columns that the statement reads, as the whole one is too wide for SQLite."""
    text = path.read_text(encoding="utf-8")
    used = [index for index, name in enumerate(case.names) if f"{quoted(name)}" in text]
    names = ", ".join(quoted(case.names[index]) for index in used)
    connection.execute(f"CREATE TABLE model_input ({names})")
    rows = [[row[index] for index in used] for row in case.rows]
    connection.executemany(f"INSERT INTO model_input VALUES ({', '.join('?' * len(used))})", rows)
    return [[row[-1]] for row in connection.execute(text)]


def in_duckdb(case, path):
    connection = duckdb.connect()
    connection.execute(create(case, types(case, "VARCHAR", "INTEGER", "BOOLEAN", "DOUBLE")))
    connection.executemany(insert(case), case.rows)
    cursor = connection.execute(path.read_text(encoding="utf-8"))
    return list(result(case, cursor.description, cursor.fetchall()))


ENGINES = {"SQLite": in_sqlite, "DuckDB": in_duckdb}
