# SPDX-License-Identifier: Apache-2.0
"""A policy with its ears: one in force, and for a while perhaps another one beside it.

Not a node of its own: the ROS side of what runs a bundle.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from rho_core.chunks.limiter import ChunkLimiter
from rho_policy_node.intake_node import Intake
from rho_policy_node.intake_node import decode
from rho_policy_node.policy_parameters import PolicyParameters
from rho_policy_node.runtime.feed import InputFeed
from rho_policy_node.runtime.policy import Policy
from rho_policy_node.runtime.runner import PolicyRunner
from rho_ros.node import RhoNode


class Stage:
    """A runner and its subscriptions."""

    def __init__(
        self, node: RhoNode, policy: Policy, limiter: ChunkLimiter, params: PolicyParameters
    ) -> None:
        """Subscribe to what the bundle reads."""
        self.policy = policy
        self.runner = PolicyRunner(policy, limiter, decode)
        self._node = node
        compressed = params.compressed_cameras
        self._fast = Intake(node, policy.manifest.inputs_of('action'), compressed=compressed)
        self._slow = Intake(
            node,
            policy.manifest.inputs_of('context'),
            history_s=2.0 / params.context_rate_hz,
            compressed=compressed,
        )

    def poll_fast(self) -> None:
        """Takes what has arrived for the action graph."""
        self._poll(self._fast, self.runner.action_feed)

    def think(self) -> None:
        """Takes what has arrived for the context graph and runs it."""
        self._poll(self._slow, self.runner.context_feed)
        self.runner.context_tick(now_ns=self._node.now_ns(), steady_ns=time.monotonic_ns())

    def destroy(self) -> None:
        """Ends the subscriptions; nobody may poll any more."""
        self._fast.destroy()
        self._slow.destroy()

    def _poll(self, intake: Intake, feed: InputFeed) -> None:
        # Now is read per message: on a busy machine it may be younger than the tick.
        intake.poll(
            lambda source, sample: feed.push(source, sample, now_ns=self._node.now_ns()),
            time.monotonic_ns(),
        )


class Stages:
    """All stages of a node, by runner."""

    def __init__(self, node: RhoNode, limiter: ChunkLimiter, params: PolicyParameters) -> None:
        """Create none."""
        self._node = node
        self._limiter = limiter
        self._params = params
        self._stages: dict[PolicyRunner, Stage] = {}

    def make(self, policy: Policy) -> Stage:
        """Makes a stage for a policy."""
        stage = Stage(self._node, policy, self._limiter, self._params)
        # Replaced as a whole: the loops read it from their threads.
        self._stages = {**self._stages, stage.runner: stage}
        return stage

    def of(self, runners: Sequence[PolicyRunner]) -> list[Stage]:
        """Returns the stages of runners."""
        stages = self._stages
        # One may have been retired since the caller asked who runs.
        return [stages[runner] for runner in runners if runner in stages]

    def retire(self, runner: PolicyRunner) -> Stage:
        """Takes a stage out of use; the caller destroys it when no tick can be polling it."""
        stage = self._stages[runner]
        self._stages = {one: other for one, other in self._stages.items() if one is not runner}
        return stage
