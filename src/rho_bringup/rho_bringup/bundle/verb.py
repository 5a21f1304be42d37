# SPDX-License-Identifier: Apache-2.0
"""The verb `bundle` of the command line."""

import argparse
import json
from pathlib import Path

from rho_bringup.exit_codes import ExitCode
from rho_bringup.terminal import Terminal
from rho_core.errors import ConfigError

_SENTENCE = 'Push the red button with the right gripper.'


def add_bundle_arguments(parser: argparse.ArgumentParser) -> None:
    """Give the parser of the verb its sub-commands."""
    names = parser.add_subparsers(dest='action', required=True, metavar='ACTION')
    for name, text in (('check', 'print every violation of a bundle'),
                       ('show', 'say what a bundle reads, runs and moves')):
        one = names.add_parser(name, help=text)
        one.add_argument('bundle', metavar='NAME|FOLDER')
        one.set_defaults(act=_check if name == 'check' else _show)
    names.add_parser('schema', help='print the JSON schema of bundle.yaml').set_defaults(
        act=_schema)
    _add_make(names.add_parser(
        'make', help='wrap ONNX files into a bundle',
        epilog='example:\n  ./rho bundle make --action policy.onnx --dt 0.05 --license MIT '
               '--out my_bundle',
        formatter_class=argparse.RawDescriptionHelpFormatter))


def _add_make(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--action', type=Path, required=True, metavar='FILE.onnx', dest='graph',
                        help='graph that gives the chunk')
    parser.add_argument('--context', type=Path, metavar='FILE.onnx',
                        help='graph that turns images and instruction into a context')
    parser.add_argument('--dt', type=float, required=True, metavar='S',
                        help='time from row to row of the chunk')
    parser.add_argument('--license', required=True, help='licence of the model')
    parser.add_argument('--name', help='name of the bundle (default: that of the folder)')
    parser.add_argument('--space', choices=('joint_absolute', 'joint_delta'),
                        default='joint_absolute', help='what the rows are (default: %(default)s)')
    parser.add_argument('--map', action='append', default=[], metavar='INPUT=SOURCE',
                        help='what feeds an input whose name does not tell; may be repeated')
    parser.add_argument('--sampler', metavar='DIRECTION:STEPS',
                        help='for graphs that take noise, e.g. noise_to_action:10')
    parser.add_argument('--out', type=Path, required=True, metavar='FOLDER', help='new folder')
    parser.set_defaults(act=_make)


def run_bundle(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    """Do what the command line says.

    Raises:
        RhoError: A file or an argument must be corrected.
    """
    code: ExitCode = options.act(options, terminal)
    return code


def _check(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    from rho_bringup.resources import resolve_bundle
    from rho_policy_node.runtime.opening import open_policy

    folder = resolve_bundle(options.bundle)
    try:
        policy = open_policy(folder)
    except ConfigError as error:
        for one in error.all:
            terminal.say(str(one))
        terminal.say(f'{folder}: {len(error.all)} problem(s)')
        return ExitCode.BAD_INPUT
    times = ', '.join(f'{role} {policy.last_ms(role):.2f} ms' for role in policy.manifest.roles)
    terminal.say(f'{folder}: {policy.manifest.bundle_id} is sound; {times}')
    return ExitCode.OK


def _show(options: argparse.Namespace, _terminal: Terminal) -> ExitCode:
    from rho_bringup.resources import resolve_bundle
    from rho_policy_node.runtime.bundle import load_bundle
    from rho_policy_node.runtime.summary import summarise

    print('\n'.join(summarise(load_bundle(resolve_bundle(options.bundle)).manifest)))
    return ExitCode.OK


def _schema(_options: argparse.Namespace, _terminal: Terminal) -> ExitCode:
    from rho_core.contract.bundle import BundleManifest
    from rho_core.contract.json_schema import json_schema

    print(json.dumps(json_schema(BundleManifest, 'Rho policy bundle, schema rho-bundle/1'),
                     indent=2))
    return ExitCode.OK


def _make(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    from rho_bringup.bundle.text_encoder import default_text
    from rho_description import cell as describe_cell
    from rho_policy_node.making.cell_names import CellNames
    from rho_policy_node.making.make import Recipe
    from rho_policy_node.making.make import make_bundle

    description = describe_cell()
    taxels, _ = description.gripper.taxel_positions.shape
    cell = CellNames(
        embodiment=description.name, joints=description.joint_names,
        cameras=tuple(description.cameras), sensors=description.fingertips,
        taxels=(taxels, 3))
    graphs = {'action': options.graph}
    if options.context is not None:
        graphs = {'context': options.context, **graphs}
    recipe = Recipe(
        name=options.name or options.out.name, license=options.license, dt_s=options.dt,
        space=options.space, given=_pairs(options.map), sampler=_sampler(options.sampler),
        text=default_text(_SENTENCE))
    folder = make_bundle(options.out, graphs, cell, recipe)
    terminal.say(f'{folder} is sound; its golden sample is random, replace it with a recorded one '
                 'before the bundle leaves the house')
    return ExitCode.OK


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, mark, source = text.partition('=')
        if not (name and mark and source):
            raise ConfigError(f"--map: expected INPUT=SOURCE, got '{text}'")
        pairs[name] = source
    return pairs


def _sampler(text: str | None) -> dict[str, object] | None:
    if text is None:
        return None
    direction, _, steps = text.partition(':')
    if not steps.isdecimal():
        raise ConfigError(f"--sampler: expected DIRECTION:STEPS, got '{text}'")
    return {'direction': direction, 'steps': int(steps)}
