#!/bin/sh
# Builds a C program with what pkg-config says of the package in PREFIX, and runs it on a model file.
# usage: by_pkg_config.sh PREFIX LIBDIR SOURCE MODEL PROGRAM
set -eu
export PKG_CONFIG_PATH="$1/$2/pkgconfig"
pkg-config --print-errors --exists 'cartwheel >= 0.1'
# shellcheck disable=SC2046  # flags are words
cc -std=c99 -Wall -Wextra -Wpedantic -Werror -o "$5" "$3" $(pkg-config --cflags --libs cartwheel)
LD_LIBRARY_PATH="$1/$2" "$5" "$4" | grep 'P(cart) = 0\.[5-9]'
