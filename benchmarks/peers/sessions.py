"""Sessions from a log in memory: windows of the first 3 events, label `window` (a cart or purchase among them), and the
15 columns of extractor V1. Timed: from typed, dictionary-encoded columns to the feature table. Checked: the same sessions,
labels and features (to float32's precision).

The log is in order of time. Peers may rely on that, and may give sessions in any order; Cartwheel takes events in any
order and gives sessions in order of their start."""
import measure

K = 3
FEATURES = ["event_count", "weekday", "hour", "price_mean", "price_std", "category_code_nunique", "category_code_count",
            "category_id_nunique", "category_id_count", "brand_nunique", "brand_count", "product_nunique",
            "category_ratio", "brand_ratio", "product_ratio"]
CODES = {"product_id": "product", "category_id": "category_id", "category_code": "category_code", "brand": "brand"}
TARGETS = ["cart", "purchase"]


def read_columns(path):
    """The log as a polars table: time, price, whether it is a target, and codes (32 bit, null where missing) for ids and
    names; and the session ids by code."""
    import polars as pl

    log = pl.read_csv(path, columns=["event_time", "event_type", "price", "user_session", *CODES],
                      schema_overrides=dict.fromkeys([*CODES, "user_session"], pl.String))
    names = log["user_session"].unique(maintain_order=True)

    def codes(name):
        return log[name].cast(pl.Enum(log[name].unique(maintain_order=True).drop_nulls())).to_physical().cast(pl.UInt32)

    return log.select(
        pl.col("event_time").str.to_datetime("%Y-%m-%d %H:%M:%S UTC", time_unit="us"),
        pl.col("event_type").is_in(TARGETS).alias("is_target"),
        pl.col("price"),
        codes("user_session").alias("session"),
        *map(codes, CODES)), names


def ratio(pl, distinct, count):
    return pl.when(pl.col(count) > 0).then(pl.col(distinct) / pl.col(count)).otherwise(0.0)


def polars_windows(log):
    """The first K events of each session that has as many (the fastest of five ways tried)."""
    import polars as pl

    enough = log.lazy().filter(pl.len().over("session") >= K)
    return enough.filter(pl.col("session").cum_count().over("session") <= K)


def polars_features(log):
    import polars as pl

    counts = [expression for code, name in CODES.items()
              for expression in (pl.col(code).drop_nulls().n_unique().alias(f"{name}_nunique"),
                                 pl.col(code).count().alias(f"{name}_count"))]
    table = polars_windows(log).group_by("session").agg(
        pl.len().alias("event_count"),
        pl.col("is_target").any().alias("label"),
        pl.col("event_time").first().alias("start"),
        pl.col("price").mean().fill_null(0.0).alias("price_mean"),
        pl.col("price").std(ddof=1).fill_null(0.0).alias("price_std"),
        *counts)
    return table.with_columns(
        (pl.col("start").dt.weekday() - 1).alias("weekday"),
        pl.col("start").dt.hour().alias("hour"),
        ratio(pl, "category_code_nunique", "category_code_count").alias("category_ratio"),
        ratio(pl, "brand_nunique", "brand_count").alias("brand_ratio"),
        (pl.col("product_nunique") / K).alias("product_ratio"),
    ).select("session", "label", *(pl.col(name).cast(pl.Float32) for name in FEATURES)).collect()


def pandas_features(log):
    sizes = log.groupby("session", sort=False)["session"].transform("size")
    window = log[sizes >= K].groupby("session", sort=False).head(K)
    sessions = window.groupby("session", sort=False)
    table = sessions.agg(event_count=("is_target", "size"), label=("is_target", "any"), start=("event_time", "first"),
                         price_mean=("price", "mean"), price_std=("price", "std"))
    for code, name in CODES.items():
        table[f"{name}_nunique"] = sessions[code].nunique()
        table[f"{name}_count"] = sessions[code].count()
    table["weekday"] = table["start"].dt.weekday
    table["hour"] = table["start"].dt.hour
    table["category_ratio"] = table["category_code_nunique"] / table["category_code_count"]
    table["brand_ratio"] = table["brand_nunique"] / table["brand_count"]
    table["product_ratio"] = table["product_nunique"] / K
    features = table[FEATURES].fillna(0.0).astype("float32")
    return features.assign(label=table["label"]).reset_index()


DUCKDB_QUERY = f"""
with numbered as (
  select *, row_number() over (partition by session order by event_time, position) as place from log
  where session in (select session from log group by session having count(*) >= {K})),
sessions as (
  select session, count(*) as event_count, bool_or(is_target) as label, min(event_time) as start,
    coalesce(avg(price), 0) as price_mean, coalesce(stddev_samp(price), 0) as price_std,
    {", ".join(f"count(distinct {code}) as {name}_nunique, count({code}) as {name}_count"
               for code, name in CODES.items())}
  from numbered where place <= {K} group by session)
select session, label, event_count::float as event_count, (isodow(start) - 1)::float as weekday,
  hour(start)::float as hour, price_mean::float as price_mean, price_std::float as price_std,
  {", ".join(f"{name}::float as {name}" for name in FEATURES[5:12])},
  coalesce(category_code_nunique / nullif(category_code_count, 0), 0)::float as category_ratio,
  coalesce(brand_nunique / nullif(brand_count, 0), 0)::float as brand_ratio,
  (product_nunique / {K})::float as product_ratio
from sessions"""


def duckdb_database(log):
    import duckdb

    database = duckdb.connect()
    database.register("source", log.with_row_index("position").to_arrow())
    database.execute("create table log as select * from source")
    database.unregister("source")
    return database


def duckdb_features(database):
    database.execute("create or replace table features as " + DUCKDB_QUERY)
    return database


# {peer: (how it is given the log, what is timed, how to look at the result)}
PEERS = {
    "pandas": (lambda log: log.to_pandas(), pandas_features, None),
    "polars": (lambda log: log, polars_features, None),
    "duckdb": (duckdb_database, duckdb_features, lambda database: database.execute("select * from features").df()),
}


def same(features, names, expected):
    """Whether a peer's table holds the sessions, labels and features that cartwheel_job wrote."""
    import numpy as np
    import pandas as pd
    import polars as pl

    if isinstance(features, pl.DataFrame):
        features = features.to_pandas()
    ids = names.gather(features["session"].to_numpy().astype(np.uint32)).to_numpy()
    found = features.set_index(pd.Index(ids)).sort_index()
    with open(expected + ".session") as file:
        own = pd.DataFrame(np.fromfile(expected + ".x", dtype=np.float32).reshape(-1, len(FEATURES)), columns=FEATURES,
                           index=pd.Index(file.read().split("\n")[:-1]))
    own["label"] = np.fromfile(expected + ".y", dtype=np.uint8) == 1
    own = own.sort_index()
    return bool(found.index.equals(own.index) and (found["label"].to_numpy() == own["label"].to_numpy()).all()
                and np.allclose(found[FEATURES], own[FEATURES], rtol=1e-5, atol=1e-3))


def work(peer):
    def run(path, expected):
        give, features, look = PEERS[peer]
        log, names = read_columns(path)
        events = len(log)
        given = give(log)
        del log
        table, seconds, peak = measure.timed(lambda: features(given))
        result = {"seconds": {"sessions and V1": seconds}, "peak_bytes": peak, "events": events}
        if expected is not None:
            result["equal"] = same(look(table) if look else table, names, expected)
        return result

    return run


def compare():
    options = measure.arguments(__doc__, events="874000,10000000")
    report = measure.Report(options, "Sessions, labels and V1 features from a log in memory")
    peers = measure.wanted(options, PEERS)
    for events in map(int, options.events.split(",")):
        path = measure.generated_log(options, events)
        expected = options.data / "sessions"
        measure.run_process(measure.cartwheel_job(options, "sessions", threads=1, events=path, out=expected))
        for threads in options.threads:
            commands = {measure.CARTWHEEL: lambda _: measure.cartwheel_job(options, "sessions", threads=threads,
                                                                           events=path)}
            for peer in peers:
                commands[peer] = lambda round_number, peer=peer: measure.peer_job(
                    peer, path=path, expected=expected if round_number == 0 else None)
            results = measure.run_in_turn(options, commands, threads)
            report.add(f"{events} events", threads, results, "sessions and V1", count=events,
                       equal=measure.first_of(results, "equal"))


if __name__ == "__main__":  # experiment.py uses its peers
    measure.main({peer: work(peer) for peer in PEERS}, compare)
