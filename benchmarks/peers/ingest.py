"""CSV to typed columns: times as instants, prices as numbers, ids and names dictionary-encoded. Timed: from the file
(in the page cache) to the columns in memory. Checked: every column of every contender holds the same values."""
import measure

TEXTS = ["event_type", "product_id", "category_id", "category_code", "brand", "user_id", "user_session"]
EVENT_TYPES = ["view", "cart", "remove_from_cart", "purchase", "other"]
TIME_FORMAT = "%Y-%m-%d %H:%M:%S UTC"


def read_pandas(path, engine, text="category"):
    import pandas as pd

    log = pd.read_csv(path, engine=engine, dtype={name: text for name in TEXTS} | {"price": "float64"})
    log["event_time"] = pd.to_datetime(log["event_time"], format=TIME_FORMAT, utc=True)
    return log


def read_polars(path):
    import polars as pl

    schema = {name: pl.Categorical for name in TEXTS} | {"event_time": pl.String, "price": pl.Float64}
    time = pl.col("event_time").str.to_datetime(TIME_FORMAT, time_unit="us")
    return pl.scan_csv(path, schema_overrides=schema).with_columns(time).collect()


def read_arrow(path):
    from pyarrow import csv, dictionary, float64, int32, string, timestamp

    types = {name: dictionary(int32(), string()) for name in TEXTS}
    types |= {"event_time": timestamp("us"), "price": float64()}
    return csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=types, timestamp_parsers=[TIME_FORMAT],
                                                                 strings_can_be_null=True))


def read_duckdb(path):
    """To a table in memory whose text columns are enums: DuckDB's dictionary type."""
    import duckdb

    database = duckdb.connect()
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in TEXTS)
    database.execute(f"""create table raw as select strptime(event_time, '{TIME_FORMAT}') as event_time, price,
        {", ".join(TEXTS)} from read_csv('{path}', header = true, types = {{'event_time': 'VARCHAR',
        'price': 'DOUBLE', {columns}}})""")
    for name in TEXTS:
        database.execute(f"create type {name}_name as enum (select distinct {name} from raw where {name} is not null)")
    coded = ", ".join(f"{name}::{name}_name as {name}" for name in TEXTS)
    database.execute(f"create table log as select event_time, price, {coded} from raw")
    database.execute("drop table raw")
    return database


READERS = {
    "pandas": lambda path: read_pandas(path, "c"),
    "pandas (arrow engine)": lambda path: read_pandas(path, "pyarrow"),
    "pandas (texts not encoded)": lambda path: read_pandas(path, "c", "str"),  # less work than the others do
    "polars": read_polars,
    "pyarrow": read_arrow,
    "duckdb": read_duckdb,
}


def as_polars(log):
    """What a peer read, as one kind of table."""
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    if isinstance(log, duckdb.DuckDBPyConnection):
        log = pl.from_arrow(log.execute("select * from log").to_arrow_table())
    elif isinstance(log, pd.DataFrame):
        log = pl.from_pandas(log)
    elif isinstance(log, pa.Table):
        log = pl.from_arrow(log)
    return log.select(
        pl.col("event_time").dt.replace_time_zone(None).dt.epoch("us"),
        (pl.col("price") * 10_000).round().cast(pl.Int64),
        *(pl.col(name).cast(pl.String).fill_null("") for name in TEXTS))


def cartwheels_columns(folder):
    """What cartwheel_job wrote."""
    import numpy as np
    import polars as pl

    def numbers(name, kind):
        return pl.Series(name, np.fromfile(folder / name, dtype=kind))

    types = pl.Series("event_type", EVENT_TYPES)[np.fromfile(folder / "event_type", dtype=np.uint8)]
    texts = [pl.Series(name, (folder / name).read_text().split("\n")[:-1]) for name in TEXTS if name != "event_type"]
    columns = {series.name: series for series in
               [numbers("event_time", np.int64), numbers("price", np.int64), types, *texts]}
    missing = np.iinfo(np.int64).min
    return pl.DataFrame(columns).with_columns(pl.col("price").replace(missing, None)).select("event_time", "price", *TEXTS)


def work(peer):
    def run(path, expected):
        import pathlib

        log, seconds, peak = measure.timed(lambda: READERS[peer](path))
        result = {"seconds": {"csv": seconds}, "peak_bytes": peak}
        if expected is not None:
            result["equal"] = as_polars(log).equals(cartwheels_columns(pathlib.Path(expected)))
        return result

    return run


def compare():
    options = measure.arguments(__doc__, events=874_000)
    path = measure.generated_log(options, options.events)
    columns = options.data / "columns"
    columns.mkdir(exist_ok=True)
    report = measure.Report(options, "CSV to typed, dictionary-encoded columns")
    own = {"events": path, "cache": options.data / "events.cwlog"}
    checked = measure.run_process(measure.cartwheel_job(options, "ingest", threads=1, columns=columns, **own))
    size = path.stat().st_size
    for threads in options.threads:
        commands = {measure.CARTWHEEL: lambda _: measure.cartwheel_job(options, "ingest", threads=threads, **own)}
        for peer in measure.wanted(options, READERS):
            commands[peer] = lambda round_number, peer=peer: measure.peer_job(
                peer, path=path, expected=columns if round_number == 0 else None)
        results = measure.run_in_turn(options, commands, threads)
        report.add(f"{options.events} events, {size / 1e6:.0f} MB", threads, results, "csv", size=size,
                   equal=measure.first_of(results, "equal"))
        cached = {measure.CARTWHEEL: results[measure.CARTWHEEL]}
        report.add(f"its .cwlog, {checked['cwlog bytes'] / 1e6:.0f} MB", threads, cached, "cwlog", memory=False,
                   size=checked["cwlog bytes"])


measure.main({peer: work(peer) for peer in READERS}, compare)
