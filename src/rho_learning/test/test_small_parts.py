# SPDX-License-Identifier: Apache-2.0
"""Progress bar, configuration, command line."""

import io
from pathlib import Path

import pytest

from rho_learning.cli import main
from rho_learning.progress import Progress
from rho_learning.training.config import TrainingConfig


def test_progress_in_a_log_is_sparse_and_ends_complete() -> None:
    stream = io.StringIO()
    progress = Progress('work', stream)
    for done in range(101):
        progress.update(done, 100)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    assert '100/100' in lines[-1]


@pytest.mark.parametrize(
    ('name', 'value'), [('steps', 0), ('batch', -1), ('near_share', 1.5), ('ema', 1.0)]
)
def test_configuration_refuses_values_that_cannot_run(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        TrainingConfig(**{name: value})


def test_export_of_an_unfinished_run_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(['export', '--run', str(tmp_path / 'none'), '--out', str(tmp_path / 'bundle')])
    assert code == 1
    assert 'run "train --out' in capsys.readouterr().err
