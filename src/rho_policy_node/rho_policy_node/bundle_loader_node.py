# SPDX-License-Identifier: Apache-2.0
"""The service `policy/load_bundle`: a new bundle while the one before works.

Not a node of its own: a part of the policy node.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rho_core.errors import Refused
from rho_core.errors import RhoError
from rho_interfaces.srv import LoadBundle
from rho_policy_node.runtime.policy import Policy
from rho_policy_node.runtime.runner_switch import RunnerSwitch
from rho_policy_node.runtime.runner_switch import SwitchOutcome
from rho_policy_node.stages_node import Stages
from rho_ros.node import RhoNode
from rho_ros.until import Until

_SETTLE_S = 1.0  # the longest tick that may still poll a stage taken out of use


class BundleLoader:
    """Opens a bundle in a thread of its own, lets it run beside the one in force, swaps."""

    def __init__(
        self,
        node: RhoNode,
        stages: Stages,
        switch: RunnerSwitch,
        open_bundle: Callable[[str], Policy],
        until: Until,
    ) -> None:
        """Offer the service."""
        self._node = node
        self._stages = stages
        self._switch = switch
        self._open = open_bundle
        self._until = until
        self._pool = ThreadPoolExecutor(1, thread_name_prefix='bundle loader')
        self._is_busy = False
        node.create_service(LoadBundle, 'policy/load_bundle', self._load)

    def close(self) -> None:
        """Ends the thread; a bundle that is being opened is not used any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _load(
        self, request: LoadBundle.Request, response: LoadBundle.Response
    ) -> LoadBundle.Response:
        try:
            self._check()
        except Refused as error:
            return self._answer(response, False, str(error))
        self._is_busy = True
        try:
            opening = self._pool.submit(self._open, request.bundle)
            await self._until(opening.done)
            policy = opening.result()
            outcomes: list[SwitchOutcome] = []
            self._propose(policy, outcomes)
            await self._until(lambda: outcomes)
            outcome = outcomes[0]
        except RhoError as error:
            return self._answer(response, False, f'bundle refused: {error}')
        finally:
            self._is_busy = False
        self._retire_later(outcome)
        verb = 'runs now' if outcome.accepted else 'dropped'
        text = f'{policy.manifest.bundle_id} {verb}: {outcome.detail}'
        return self._answer(response, outcome.accepted, text)

    def _check(self) -> None:
        if not self._node.is_active:
            raise Refused('the policy node is not active')
        if self._is_busy:
            raise Refused('another bundle is being loaded, try again later')

    def _propose(self, policy: Policy, outcomes: list[SwitchOutcome]) -> None:
        stage = self._stages.make(policy)
        self._switch.propose(stage.runner, outcomes.append)

    def _retire_later(self, outcome: SwitchOutcome) -> None:
        stage = self._stages.retire(outcome.retired)

        def destroy() -> None:
            timer.cancel()
            self._node.destroy_timer(timer)
            stage.destroy()

        timer: Any = self._node.create_timer(_SETTLE_S, destroy)

    def _answer(
        self, response: LoadBundle.Response, success: bool, message: str
    ) -> LoadBundle.Response:
        log = self._node.get_logger()
        log.info(message) if success else log.error(message)
        report = self._switch.runner.report()
        response.success = success
        response.message = message
        response.bundle_id = report.bundle_id
        response.bundle_sha256 = report.bundle_sha256
        return response
