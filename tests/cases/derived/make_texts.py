"""Writes texts.json: what scikit-learn's vectorizers make of texts of every sort of character.

python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 && venv/bin/python tests/cases/derived/make_texts.py

With a number as argument, writes as many random texts per vectorizer to the folder named next, for a longer check:
SAGELET_TEXTS=FOLDER cargo test --test integration derived::texts
"""
import json, pathlib, random, sys, unicodedata
import sklearn
from sklearn.feature_extraction.text import (CountVectorizer, ENGLISH_STOP_WORDS, HashingVectorizer, TfidfVectorizer)

count = int(sys.argv[1]) if len(sys.argv) > 1 else 8
folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else pathlib.Path(__file__).parent
generator = random.Random(16)
assigned = [chr(point) for point in range(0x110000)
            if unicodedata.category(chr(point)) not in ("Cn", "Cs") and point not in range(0xE000, 0xF900) and point < 0xF0000]
by_sort = {}
for character in assigned:
    by_sort.setdefault(unicodedata.category(character), []).append(character)
decomposed = [character for character in assigned if unicodedata.normalize("NFKD", character) != character]
cased = [character for character in assigned if character.lower() != character]
latin = list("aeioubcd AEIOU _0123 ., -'\n\t  ") + list("éàüñøßÅÇİıſΣςσΑΘ") + ["\u0301", "\u0308", "\u0327", "\u00ad", "\u200d"]
samples = [
    "", " ", "a", "ab", "The quick brown fox's über-jump; it's 3.14 or ½?", "ΟΔΥΣΣΕΥΣ ΣΑΣ. Σ ΑΣ\u0301 ΑΣ\u00ad!", "İstanbul ISTANBUL ıI",
    "हिन्दी में लिखा हुआ पाठ, क़ानून", "ภาษาไทยเป็นภาษาที่มีวรรณยุกต์", "اللُّغَة العَرَبِيَّة ١٢٣", "mixed\x00con\x1ftrol\x1cs \x85 \u2028 x",
    "한국어 텍스트 漢字 ㍿ ﬁ ﬃ Ⅻ ① ²", "e\u0301 e\u0327\u0301 e\u0301\u0327 \u0344 a\u0323\u0302", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟛𝟜 👍🏽 ab👍cd",
    "snake_case __init__ _ a_ _b 1_000", "tab\t\ttab \n\n new  \t line", "good good bad good the the and of",
]


def text():
    sort = generator.randrange(6)
    length = generator.randrange(1, 60)
    if sort == 0:
        return "".join(generator.choice(assigned) for _ in range(length))
    if sort == 1:
        return "".join(generator.choice(generator.choice(list(by_sort.values()))) for _ in range(length))
    if sort == 2:
        pool = latin
    elif sort == 3:
        pool = decomposed[:800] + latin * 4
    elif sort == 4:
        pool = cased + by_sort["Mn"][:100] + latin * 4
    else:
        pool = list("good bad the fox and ") + by_sort["Lo"][:200] + by_sort["Mn"][:40] + by_sort["No"][:40]
    return "".join(generator.choice(pool) for _ in range(length))


settings = []
for cls in [CountVectorizer, TfidfVectorizer, HashingVectorizer]:
    settings += [
        (cls, {}), (cls, {"lowercase": False}), (cls, {"strip_accents": "unicode"}), (cls, {"strip_accents": "ascii"}),
        (cls, {"ngram_range": (1, 3)}), (cls, {"ngram_range": (2, 2), "stop_words": "english"}),
        (cls, {"analyzer": "char", "ngram_range": (1, 3)}), (cls, {"analyzer": "char_wb", "ngram_range": (2, 5)}),
        (cls, {"binary": True}),
    ]
settings += [
    (TfidfVectorizer, {"sublinear_tf": True, "norm": "l1"}), (TfidfVectorizer, {"norm": None, "smooth_idf": False}),
    (TfidfVectorizer, {"use_idf": False, "strip_accents": "unicode", "analyzer": "char_wb", "ngram_range": (1, 4)}),
    (HashingVectorizer, {"alternate_sign": False, "norm": "l1", "n_features": 17}),
    (HashingVectorizer, {"norm": None, "n_features": 2**20, "analyzer": "char", "ngram_range": (3, 3)}),
]


def entry(fitted):
    said = {"kind": "text", "feature": 0, "lowercase": fitted.lowercase, "analyzer": fitted.analyzer,
            "ngrams": list(fitted.ngram_range), "binary": fitted.binary}
    if fitted.strip_accents:
        said["strip_accents"] = fitted.strip_accents
    if fitted.stop_words:
        said["stop_words"] = sorted(ENGLISH_STOP_WORDS)
    if isinstance(fitted, HashingVectorizer):
        said["terms"] = {"hashing": {"columns": fitted.n_features, "alternate_sign": fitted.alternate_sign}}
    else:
        said["terms"] = {"vocabulary": fitted.get_feature_names_out().tolist()}
    if isinstance(fitted, TfidfVectorizer):
        said["sublinear"] = fitted.sublinear_tf
        if fitted.use_idf:
            said["idf"] = fitted.idf_.tolist()
    norm = getattr(fitted, "norm", None)
    return said | ({"norm": norm} if norm else {})


cases = []
for index, (cls, options) in enumerate(settings):
    if cls is HashingVectorizer and "n_features" not in options:
        options = options | {"n_features": 1000}
    texts = samples + [text() for _ in range(count)]
    fitted = cls(**options).fit(texts[::2] if count > 100 else texts[::9])
    rows = fitted.transform(texts)
    rows.sort_indices()
    expected = [[row.indices.tolist(), row.data.astype(float).tolist()] for row in rows]
    cases.append({"name": f"{cls.__name__} {options}", "derived": [entry(fitted)], "texts": texts, "expected": expected})
made_by = {"scikit-learn": sklearn.__version__, "python": sys.version.split()[0], "unicode": unicodedata.unidata_version}
path = folder / "texts.json"
out = json.dumps({"made_by": made_by, "cases": cases}, ensure_ascii=False, separators=(",", ":"))
path.write_text(out.replace('{"name"', '\n{"name"') + "\n")
print(path.stat().st_size, sum(len(case["texts"]) for case in cases))
