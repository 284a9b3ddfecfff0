"""The mirror of counter_data.hpp: the same data sets, bit by bit, for the scripts that make golden figures."""
import numpy as np


def counter_words(seed, counters):
    with np.errstate(over="ignore"):
        x = np.uint64(seed) * np.uint64(0xD1342543DE82EF95) + (counters + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))


def make_counter_data(seed, rows, levels, noise):
    """Columns as integers [rows x columns], and labels [rows]."""
    width = len(levels) + 1
    base = np.arange(rows, dtype=np.uint64) * np.uint64(width)
    x = np.empty((rows, len(levels)), dtype=np.int64)
    total = np.zeros(rows, dtype=np.int64)
    previous = np.full(rows, 512, dtype=np.int64)
    for c, n in enumerate(levels):
        x[:, c] = (counter_words(seed, base + np.uint64(c)) % np.uint64(n)).astype(np.int64)
        value = x[:, c] * 1024 // (n - 1)
        total += (value - 512) * (1024 if c % 2 == 0 else previous)
        previous = value
    random = (counter_words(seed, base + np.uint64(len(levels))) % np.uint64(2 * noise + 1)).astype(np.int64)
    return x, (total + (random - noise) * 1024 > 0).astype(np.uint8)
