"""Makes the tables that the reader of Parquet is tested with: what Spark's own files do not have, the reader reads too.

    python make.py    with pyarrow 26.0.1
"""

import pyarrow as pa
import pyarrow.parquet as pq

VECTOR = pa.struct([pa.field("size", pa.int32()), pa.field("values", pa.list_(pa.float64()))])
TABLE = pa.table({
    "name": pa.array(["a", "b", None, "a", ""]),
    "vector": pa.array([{"size": 2, "values": [1.5, None]}, None, {"size": None, "values": []}, {"size": 0, "values": None}, {"size": 1, "values": [-0.5]}], VECTOR),
    "lists": pa.array([[["x"], []], [], None, [None, ["y", "x"]], [["z", "z", "z"]]], pa.list_(pa.list_(pa.string()))),
    "truth": pa.array([True, False, None, True, True]),
    "long": pa.array([1, -2, 3, 1 << 40, 0], pa.int64()),
    "float": pa.array([0.5, 1.0, None, -2.0, 0.25], pa.float32()),
})
for version, settings in {
    "1": {"data_page_version": "1.0", "compression": "snappy"},
    "2": {"data_page_version": "2.0", "compression": "snappy"},
    "2-gzip": {"data_page_version": "2.0", "compression": "gzip", "use_dictionary": False, "column_encoding": {"truth": "RLE"}},
    "1-plain": {"data_page_version": "1.0", "compression": "none", "use_dictionary": False, "row_group_size": 2},
}.items():
    pq.write_table(TABLE, f"version-{version}.parquet", store_schema=False, write_statistics=False, **settings)
pq.write_table(TABLE, "refused-zstd.parquet", store_schema=False, compression="zstd")
pq.write_table(TABLE.select(["long"]), "refused-delta.parquet", store_schema=False, use_dictionary=False, column_encoding={"long": "DELTA_BINARY_PACKED"})
