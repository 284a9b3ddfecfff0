"""Columns of tables, as the library takes them: NumPy, pandas, Polars and Arrow, without copies where they lie as numbers."""

from __future__ import annotations

import numpy as np

# A column: an array of numbers, or (codes, levels) of categories, where level 0 is the missing value.
Column = "np.ndarray | tuple[np.ndarray, list[str]]"


def is_frame(x) -> bool:
    """Whether `x` is a table with named columns: of pandas, Polars or Arrow."""
    return hasattr(x, "columns") and (hasattr(x, "iloc") or hasattr(x, "get_column")) or hasattr(x, "column_names")


def columns_of(frame) -> list:
    """The columns of a table, in order."""
    if hasattr(frame, "iloc"):
        return [_of_pandas(frame.iloc[:, j]) for j in range(frame.shape[1])]
    if hasattr(frame, "get_column"):
        return [_of_polars(column) for column in frame.get_columns()]
    return [_of_arrow(frame.column(j)) for j in range(frame.num_columns)]


def _numbers(values, name) -> np.ndarray:
    array = np.asarray(values)
    if array.dtype.kind == "c":
        raise ValueError(f"Complex data not supported: column {name!r}")
    if array.dtype.kind not in "biuf" or array.dtype == np.float16:
        array = array.astype(np.float64)
    return array


def _categories(values, name):
    """Codes and levels of texts; a missing value is code 0."""
    texts = np.asarray(values, dtype=object)
    known = np.array([value is not None and value == value for value in texts], dtype=bool)
    if not all(isinstance(value, str) for value in texts[known]):
        return _numbers(values, name)
    levels, places = np.unique(texts[known].astype(str), return_inverse=True)
    codes = np.zeros(len(texts), dtype=np.uint32)
    first = 0 if levels.size and levels[0] == "" else 1
    codes[known] = places + first
    return codes, ["", *map(str, levels[1 - first:])]


def _of_pandas(column):
    if column.dtype.kind in "biuf" and isinstance(column.dtype, np.dtype):
        return column.to_numpy()
    if column.dtype.kind in "biuf":  # an extension type, which has a missing value of its own
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    return _categories(column.astype(object).where(column.notna(), None), column.name)


def _of_polars(column):
    if column.dtype.is_numeric():
        return column.to_numpy()  # a copy only where values are missing, or lie in pieces
    if str(column.dtype) == "Boolean":
        return column.cast(int).to_numpy()
    return _categories(column.cast(str).to_list(), column.name)


def _of_arrow(column):
    import pyarrow as pa

    chunk = column
    if isinstance(column, pa.ChunkedArray):
        chunk = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    if isinstance(chunk, pa.ChunkedArray):  # some types stay in pieces
        chunk = pa.array(chunk.to_pylist())
    kind = chunk.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _numbers(chunk.to_numpy(zero_copy_only=False), "of Arrow")
    if pa.types.is_boolean(kind):
        return _numbers(chunk.cast(pa.int8()).to_numpy(zero_copy_only=False), "of Arrow")
    return _categories(chunk.to_pylist(), "of Arrow")
