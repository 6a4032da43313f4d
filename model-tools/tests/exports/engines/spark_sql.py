"""SQL with names in backticks, in Spark."""

import functools

from engines.sql import result, types

SPARK_TYPES = ("STRING", "INT", "BOOLEAN", "DOUBLE")

# Spark compiles what it runs, and takes minutes over some thousand columns.
COLUMNS_MAX = 500


@functools.cache
def session():
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", False)
    built = builder.config("spark.sql.shuffle.partitions", 1).getOrCreate()
    built.sparkContext.setLogLevel("ERROR")
    return built


def in_spark(case, path):
    spark = session()
    text = path.read_text(encoding="utf-8")
    columns = list(zip(case.names, types(case, *SPARK_TYPES)))
    used = range(len(columns))
    if len(columns) > COLUMNS_MAX:
        used = [index for index, name in enumerate(case.names) if f"`{name}`" in text]
    from pyspark.sql import types as spark_types

    by_name = {"STRING": spark_types.StringType(), "INT": spark_types.IntegerType(),
               "BOOLEAN": spark_types.BooleanType(), "DOUBLE": spark_types.DoubleType()}
    fields = [spark_types.StructField(columns[index][0], by_name[columns[index][1]]) for index in used]
    rows = [[row[index] for index in used] for row in case.rows]
    frame = spark.createDataFrame(rows, spark_types.StructType(fields), verifySchema=False)
    frame.createOrReplaceTempView("model_input")
    found = spark.sql(text)
    names = [(name,) for name in found.columns]
    collected = [tuple(row) for row in found.collect()]
    if len(fields) < len(columns):
        return [[row[-1]] for row in collected]
    return list(result(case, names, collected))


ENGINES = {"Spark": in_spark}
