"""Writes unicode.bin: what Python knows of characters beyond Rust's standard library, for Unicode 16.0 (Python 3.14).

python3 -m venv venv && venv/bin/pip install unicodedata2==16.0.0 && venv/bin/python src/rows/derived/text/unicode.py

Numbers are written in groups of seven bits, the lowest first, with the highest bit set in all but the last. The file
has three tables, each behind its length in bytes:
1. Ranges of word characters (`\\w`): how far each begins behind the end of the one before, and how long it is.
2. Ranges of combining characters: the same.
3. Decompositions (NFKD, without combining characters): the beginning of a range, as above; its length; how many
   characters each becomes; those that the first one becomes. The others become the characters that follow.
"""
import pathlib
import unicodedata2 as unicode

assert unicode.unidata_version == "16.0.0"
POINTS = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]
HANGUL = range(0xAC00, 0xD7A4)  # decomposed by arithmetic


def number(value):
    bytes = bytearray()
    while value > 127:
        bytes.append(value & 127 | 128)
        value >>= 7
    bytes.append(value)
    return bytes


def is_word(point):
    character = chr(point)
    return unicode.category(character)[0] == "L" or unicode.numeric(character, None) is not None or character == "_"


def ranges(key):
    """Ranges of equal keys that say something."""
    found = []
    for point in POINTS:
        value = key(point)
        if value and found and found[-1][1] == point and found[-1][2] == value:
            found[-1][1] = point + 1
        elif value:
            found.append([point, point + 1, value])
    return found


def table(found, more):
    bytes, end = bytearray(), 0
    for start, stop, value in found:
        bytes += number(start - end) + number(stop - start) + more(value)
        end = stop
    return number(len(bytes)) + bytes


def decomposition(point):
    character = chr(point)
    parts = unicode.normalize("NFKD", character)
    if point in HANGUL or parts == character:
        return None
    return [ord(part) for part in parts if unicode.combining(part) == 0]


def decompositions():
    found = []
    for point in POINTS:
        parts = decomposition(point)
        if parts is None:
            continue
        last = found[-1] if found else None
        if last and last[1] == point and len(parts) == 1 and last[2] == [parts[0] - (point - last[0])]:
            last[1] = point + 1
        else:
            found.append([point, point + 1, parts])
    return found


def write_parts(parts):
    return number(len(parts)) + b"".join(number(part) for part in parts)


words = table(ranges(is_word), lambda _: b"")
combining = table(ranges(lambda point: unicode.combining(chr(point)) > 0), lambda _: b"")
decomposed = table(decompositions(), write_parts)
print(len(words), len(combining), len(decomposed))
pathlib.Path(__file__).with_suffix(".bin").write_bytes(words + combining + decomposed)
