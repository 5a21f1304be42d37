# SPDX-License-Identifier: Apache-2.0
"""Command line: train a policy, export it as a bundle, evaluate a bundle in the simulator."""

import argparse
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

DEFAULT_RUN = Path('.rho/runs/buttons')


def main(arguments: list[str] | None = None) -> int:
    """Run a verb and return the exit code."""
    os.environ.setdefault('OMP_NUM_THREADS', '1')
    os.environ.setdefault('MUJOCO_GL', 'egl')
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (ValueError, OSError) as error:
        sys.stderr.write(f'{error}\n')
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='rho_learning', description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar='VERB')

    train = verbs.add_parser('train', help='record demonstrations, train, evaluate; resumes')
    train.add_argument('--suite', choices=('buttons',), default='buttons')
    train.add_argument('--out', type=Path, default=DEFAULT_RUN, help='folder of the run')
    train.add_argument('--demonstrations', type=int)
    train.add_argument('--steps', type=int)
    train.add_argument('--seed', type=int)
    train.add_argument('--processes', type=int, help='processes that record demonstrations')
    train.add_argument('--evaluation-episodes', type=int)
    train.add_argument('--smoke', action='store_true', help='tiny numbers, to see that it runs')
    train.set_defaults(run=_train)

    export = verbs.add_parser('export', help='write the bundle of a run')
    export.add_argument('--run', dest='folder', type=Path, default=DEFAULT_RUN)
    export.add_argument('--out', type=Path, required=True, help='folder of the bundle')
    export.set_defaults(run=_export)

    evaluate = verbs.add_parser('evaluate', help='run a bundle in the simulator, without ROS')
    evaluate.add_argument('--bundle', type=Path, required=True)
    evaluate.add_argument('--episodes', type=int, default=60)
    evaluate.add_argument('--seed', type=int)
    evaluate.add_argument('--out', type=Path, help='JSON file for the result')
    evaluate.set_defaults(run=_evaluate)
    return parser


def _train(options: argparse.Namespace) -> int:
    from rho_learning.evaluation import evaluate
    from rho_learning.export.bundle import export_bundle
    from rho_learning.training.config import TrainingConfig
    from rho_learning.training.run import train

    config = TrainingConfig.smoke() if options.smoke else TrainingConfig()
    names = ('demonstrations', 'steps', 'seed', 'processes', 'evaluation_episodes')
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    started = time.process_time()
    policy = train(replace(config, **given), options.out)
    sys.stdout.write(f'training: {time.process_time() - started:.0f} CPU-s in this process\n')
    parity = export_bundle(policy, options.out / 'bundle')
    sys.stdout.write(f'bundle: {options.out / "bundle"}; torch against onnxruntime: {parity}\n')
    episodes = replace(config, **given).evaluation_episodes
    result = evaluate(options.out / 'bundle', episodes)
    _write(result, options.out / 'evaluation.json')
    return 0


def _export(options: argparse.Namespace) -> int:
    from rho_learning.export.bundle import export_bundle
    from rho_learning.training.run import load_policy

    parity = export_bundle(load_policy(options.folder), options.out)
    sys.stdout.write(f'bundle: {options.out}; torch against onnxruntime: {parity}\n')
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from rho_learning.evaluation import FIRST_SEED
    from rho_learning.evaluation import evaluate

    seed = FIRST_SEED if options.seed is None else options.seed
    _write(evaluate(options.bundle, options.episodes, first_seed=seed), options.out)
    return 0


def _write(result: dict[str, object], path: Path | None) -> None:
    text = json.dumps(result, indent=2) + '\n'
    sys.stdout.write(text)
    if path is not None:
        path.write_text(text)


if __name__ == '__main__':
    sys.exit(main())
