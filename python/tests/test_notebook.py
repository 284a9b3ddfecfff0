"""The notebook runs from beginning to end."""

import os
import pathlib

import nbclient
import nbformat


def test_the_published_experiment_runs(tmp_path):
    path = pathlib.Path(os.environ["CARTWHEEL_SOURCE_DIR"], "examples/notebooks/published_experiment.ipynb")
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
    assert any("bernoulli_nb" in str(cell.get("outputs")) for cell in notebook.cells)
