# SPDX-License-Identifier: Apache-2.0
"""MJCF of the scene: the arms, a table, and a box with four spring-loaded buttons."""

from xml.etree import ElementTree as Xml

from rho_description import CellDescription
from rho_description.mjcf import WORLD_BIT
from rho_description.mjcf import mjcf_tree

COLORS = ('red', 'blue', 'green', 'yellow')
RGB = {
    'red': (0.82, 0.09, 0.08),
    'blue': (0.08, 0.20, 0.82),
    'green': (0.06, 0.58, 0.16),
    'yellow': (0.92, 0.78, 0.08),
}
BOX_HALF_M = (0.10, 0.15, 0.04)
# Where the four buttons sit on the top face of the box, in the frame of the box (top centre) [m].
PLACES_M = ((0.05, 0.08), (0.05, -0.08), (-0.05, 0.08), (-0.05, -0.08))
CAP_RADIUS_M = 0.020
CAP_HEIGHT_M = 0.010  # of the free cap above the box
TRAVEL_M = 0.006
SPRING_N_PER_M = 800.0
GLOW_OFF = 0.10
GLOW_ON = 1.0


def scene_xml(description: CellDescription, *, physics_step_s: float) -> str:
    """Return the complete MJCF text of the simulated cell."""
    root = mjcf_tree(description)
    Xml.SubElement(
        root, 'option', timestep=f'{physics_step_s}', integrator='implicitfast', iterations='20')
    visual = Xml.SubElement(root, 'visual')
    Xml.SubElement(
        visual, 'quality', offsamples='0', shadowsize='2048', numslices='16', numstacks='8')
    Xml.SubElement(visual, 'global', offwidth='960', offheight='540')
    Xml.SubElement(visual, 'map', znear='0.01', zfar='20')
    Xml.SubElement(visual, 'headlight', ambient='.30 .30 .30', diffuse='.20 .20 .20')
    _add_materials(root)
    world = root.find('worldbody')
    assert world is not None  # mjcf_tree always makes it
    _add_surroundings(world)
    _add_box(world)
    return Xml.tostring(root, encoding='unicode')


def _add_materials(root: Xml.Element) -> None:
    assets = Xml.SubElement(root, 'asset')
    Xml.SubElement(
        assets, 'texture', name='sky', type='skybox', builtin='gradient', width='64', height='384',
        rgb1='.80 .84 .88', rgb2='.45 .50 .56')
    for color in COLORS:
        rgba = ' '.join(str(v) for v in (*RGB[color], 1))
        Xml.SubElement(
            assets, 'material', name=f'button_{color}', rgba=rgba, emission=str(GLOW_OFF))
    for name, rgba in (('table', '.56 .50 .44 1'), ('box', '.80 .80 .78 1')):
        Xml.SubElement(assets, 'material', name=name, rgba=rgba, specular='0.1')


def _add_surroundings(world: Xml.Element) -> None:
    Xml.SubElement(
        world, 'light', name='lamp', directional='true', pos='0.4 0 2', dir='0 0 -1',
        diffuse='.5 .5 .5', specular='.1 .1 .1', castshadow='true')
    Xml.SubElement(
        world, 'geom', name='table', type='box', pos='0.35 0 -0.02', size='0.65 0.75 0.02',
        material='table', contype=str(WORLD_BIT), conaffinity=str(WORLD_BIT - 1))
    Xml.SubElement(
        world, 'geom', name='floor', type='plane', pos='0 0 -0.75', size='6 6 0.1',
        rgba='.30 .32 .35 1', contype='0', conaffinity='0')


def _add_box(world: Xml.Element) -> None:
    """Add the box; the origin of its frame is the centre of its top face."""
    collides = {'contype': str(WORLD_BIT), 'conaffinity': str(WORLD_BIT - 1)}
    box = Xml.SubElement(world, 'body', name='box', pos=f'0.45 0 {2 * BOX_HALF_M[2]}')
    Xml.SubElement(
        box, 'geom', collides, name='box', type='box', pos=f'0 0 {-BOX_HALF_M[2]}',
        size=' '.join(str(v) for v in BOX_HALF_M), material='box')
    for color, (x, y) in zip(COLORS, PLACES_M, strict=True):
        button = Xml.SubElement(box, 'body', name=f'button_{color}', pos=f'{x} {y} 0')
        Xml.SubElement(
            button, 'geom', type='cylinder', size=f'{CAP_RADIUS_M + 0.006} 0.0015',
            rgba='.13 .13 .14 1', contype='0', conaffinity='0')
        cap = Xml.SubElement(
            button, 'body', name=f'cap_{color}', pos=f'0 0 {CAP_HEIGHT_M}', gravcomp='1')
        Xml.SubElement(
            cap, 'joint', name=f'button_{color}', type='slide', axis='0 0 1',
            range=f'{-TRAVEL_M} {TRAVEL_M}', stiffness=str(SPRING_N_PER_M), damping='3')
        Xml.SubElement(
            cap, 'geom', type='cylinder', size=f'{CAP_RADIUS_M} {CAP_HEIGHT_M / 2}',
            pos=f'0 0 {-CAP_HEIGHT_M / 2}', material=f'button_{color}', mass='0.03',
            contype='0', conaffinity='0')
        # A box stands in for the cylinder: contacts of a capsule with it have a closed form.
        Xml.SubElement(
            cap, 'geom', collides, name=f'button_{color}', type='box', mass='0', group='4',
            size=f'0.017 0.017 {CAP_HEIGHT_M / 2}', pos=f'0 0 {-CAP_HEIGHT_M / 2}')
