# SPDX-License-Identifier: Apache-2.0
"""The pure heart of Rho.

Everything that decides lives here and nothing that talks: the bundle contract (`contract`),
samples and their alignment (`streams`), action chunks (`chunks`), arm motion (`motion`), touch
values (`touch`), the safety logic (`safety`) and the arithmetic of periodic loops (`pacing`).
Time is always an argument, so the same code runs live, on bags, in training and in tests.

Every package of Rho may import it. It imports numpy and the standard library (and PyYAML for the
strict loader), never ROS, torch or another Rho package.
"""
