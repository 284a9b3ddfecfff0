"""`pip install .` gives the package, with type stubs."""

import os
import subprocess
import sys


def test_pip_installs_the_package(tmp_path):
    root = os.environ["CARTWHEEL_SOURCE_DIR"]
    # As the build that this test belongs to was compiled, so that its objects are taken.
    arguments = os.environ["CARTWHEEL_CMAKE_ARGS"].replace("|", ";")
    environment = {**os.environ, "SKBUILD_CMAKE_ARGS": arguments, "SKBUILD_BUILD_DIR": str(tmp_path / "build")}
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-build-isolation",
                    "--no-deps", "--target", tmp_path / "site", root], check=True, env=environment)
    package = tmp_path / "site/cartwheel"
    assert (package / "py.typed").exists()
    stub = (package / "_core.pyi").read_text()
    for name in ("class Pipeline", "class SessionTable", "def read_events", "class ParameterError(ValueError)"):
        assert name in stub, name
    program = ("import cartwheel, numpy; print(cartwheel.__file__); x = numpy.arange(20.0)[:, None];"
               "print(cartwheel.DecisionTreeClassifier().fit(x, x[:, 0] > 9).predict([[1.0], [15.0]]))")
    output = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True,
                            env={**os.environ, "PYTHONPATH": str(tmp_path / "site")}, cwd=tmp_path).stdout
    assert str(package) in output and "[False  True]" in output
