# SPDX-License-Identifier: Apache-2.0
"""The controller of one arm: reads, asks `ArmMotion`, writes, 500 times a second."""

import gc
import time
from typing import Any

from trajectory_msgs.msg import JointTrajectory

from arm_controller.backends.context import BackendContext
from arm_controller.backends.protocol import ArmBackend
from arm_controller.backends.registry import make_backend
from arm_controller.backends.registry import parse_backend
from arm_controller.command_desk import CommandDesk
from arm_controller.controller_parameters import ControllerParameters
from arm_controller.motion_services_node import MotionServices
from arm_controller.permit_reader import PermitReader
from arm_controller.trajectory_action_node import TrajectoryAction
from rho_core.errors import Refused
from rho_core.motion.arm_motion import ArmMotion
from rho_core.motion.command_source import CommandSource
from rho_core.motion.goal import Goal
from rho_core.motion.mode import ArmMode
from rho_core.pacing import LoopTime
from rho_core.safety.permit import ArmPermit
from rho_interfaces.msg import ArmState
from rho_interfaces.msg import SafetyState
from rho_ros import qos
from rho_ros.arm_topics import NodeArmTopics
from rho_ros.conversions.arm_state import arm_state_to_ros
from rho_ros.conversions.trajectory import trajectory_from_ros
from rho_ros.loop import PeriodicLoop
from rho_ros.loop_diagnostics import LoopDiagnostics
from rho_ros.loop_log import LoopLog
from rho_ros.main import run
from rho_ros.node import RhoNode
from rho_ros.realtime import quiet_garbage_collector
from rho_ros.until import Until

_NS_PER_S = 1_000_000_000
_NS_PER_US = 1_000
_SPEAK_EVERY_NS = _NS_PER_S
_REFUSALS_EVERY_NS = _NS_PER_S // 200
_STOP_MARGIN_S = 0.5


class ArmControllerNode(RhoNode):
    """Commands one arm while it is active. Its subscriptions are polled by its loop."""

    Parameters = ControllerParameters

    def _setup(self) -> None:
        params: ControllerParameters = self.params
        self._settings = params.settings()
        self._permits = PermitReader(params.arm)
        self._safety = self.create_polled(SafetyState, 'safety/state', qos.latched())
        prefix = f'{params.arm}_arm_controller'
        self._trajectories = {
            # In the order in which they are heard.
            CommandSource.OPERATOR: self.create_polled(
                JointTrajectory, f'{prefix}/operator_trajectory', qos.command()),
            CommandSource.POLICY: self.create_polled(
                JointTrajectory, f'{prefix}/joint_trajectory', qos.command()),
        }
        self._states = self.create_publisher(ArmState, f'{prefix}/state', qos.state())
        self._backend: ArmBackend = make_backend(
            parse_backend(params.backend),
            BackendContext(
                arm=params.arm,
                joint_names=params.joint_names,
                period_s=self._settings.period_ns / _NS_PER_S,
                now_ns=self.now_ns,
                topics=NodeArmTopics(self),
                realtime_priority=params.realtime_priority,
            ),
        )
        self.own(self._backend.stop)
        self._report_every = max(1, round(params.rate_hz / params.report_rate_hz))
        # Not one of the node's own loops: those end before `_stop`, this one brings the arm to
        # rest first.
        self._loop = PeriodicLoop(
            self._settings.period_ns,
            self._tick,
            f'{params.arm}_arm',
            params.realtime_priority or None,
            phase_ns=params.phase_us * _NS_PER_US,
            early_ns=params.early_us * _NS_PER_US,
            stats_window_s=params.stats_window_s,
            # This process is there for the loop: whatever it waits for comes right after it.
            support_priority=max(1, params.realtime_priority - 1),
            on_error=lambda error: self.fail('control loop', error),
            on_warning=lambda text: self.get_logger().warning(text),
        )
        self.own(self._loop.stop)
        self._log = LoopLog(self, 'tick')
        self._diagnostics = LoopDiagnostics(self, self._loop)
        self._path_check = params.path_check()
        if self._path_check is None:
            self.get_logger().warning(
                'geometry: none given, paths are judged by the limits of the joints alone')
        self._offer_goals(prefix)

    def _offer_goals(self, prefix: str) -> None:
        params: ControllerParameters = self.params
        until = Until(self)
        tolerances = params.tolerances(self._settings)
        TrajectoryAction(
            self, f'{prefix}/follow_joint_trajectory',
            joint_names=params.joint_names, defaults=tolerances, ask=self._ask, until=until)
        MotionServices(
            self, prefix,
            places=params.places(self._settings), limits=self._settings.limits,
            speed_fraction=params.place_speed_fraction, tolerances=tolerances,
            where=self._where, ask=self._ask, until=until)

    def _ask(self, goal: Goal) -> None:
        self._desk.ask(goal)

    def _where(self) -> tuple[float, ...]:
        """Commanded positions of an arm that waits for a trajectory, empty otherwise."""
        is_ready = self.is_active and self._motion.mode is ArmMode.IDLE
        return self._motion.commanded if is_ready else ()

    def _start(self) -> None:
        self._motion = ArmMotion(self._settings, self._path_check)
        self._desk = CommandDesk(
            self._motion,
            limits=self._settings.limits,
            hold_ns=self.params.hold_ns(),
            max_age_s=self._settings.admission.max_age_s,
            on_refusal=self._tell_refusal,
        )
        self._permit: ArmPermit | None = None
        self._mode = ArmMode.UNCONFIGURED
        self._reported_stage: tuple[ArmMode, bool, int] | None = None
        self._has_refused = False
        self._reported_ns = 0
        self._quiet_until_ns = 0
        self._steady_ns = 0
        # What waited while nobody looked is not a command for now.
        for subscription in self._trajectories.values():
            subscription.take_all()
        self._backend.start()
        quiet_garbage_collector()
        self._loop.start()

    def _stop(self) -> None:
        self._motion.halt('deactivated')
        end_s = time.monotonic() + self._motion.longest_stop_s + _STOP_MARGIN_S
        while self._loop.is_running and not self._motion.is_at_rest:
            if time.monotonic() > end_s:
                self.get_logger().error('the arm did not come to rest before the deadline')
                break
            time.sleep(0.005)
        self._loop.stop()
        self._desk.close('the controller was deactivated')
        self._backend.stop()
        _noisy_garbage_collector()

    def _tick(self, loop_time: LoopTime) -> None:
        steady_ns = loop_time.steady_ns
        now_ns = self.now_ns()
        measured = self._backend.read(steady_ns)
        problem = self._backend.problem()
        if problem:
            self._speak(problem, steady_ns)
        state = self._safety.take()
        if state is not None:
            self._read_permit(state, steady_ns)
        self._steady_ns = steady_ns
        motion = self._motion
        command = motion.update(now_ns, steady_ns, measured, self._permit, problem)
        if command is not None:
            self._backend.write(command)
        self._desk.judge(steady_ns, measured.positions if measured is not None else ())
        # Admission takes its time: this cycle's command does not wait for it, and the next one
        # neither, as each cycle does a part.
        if self._desk.is_considering:
            self._desk.proceed(steady_ns)
        else:
            self._hear(now_ns, steady_ns)
        self._desk.take_up(now_ns, steady_ns)
        if motion.mode is not self._mode:
            self._mode = motion.mode
            self._log.info(f'{self._mode.name}: {motion.reason or "trajectory"}')
        # The watchdog stops the partner of an arm that stops by itself: it must know at once.
        stage = (motion.mode, motion.is_latched, motion.stop_epoch)
        # So must whoever sent a trajectory that was refused; a flood of them waits its turn.
        has_refused = self._has_refused and steady_ns - self._reported_ns >= _REFUSALS_EVERY_NS
        if stage != self._reported_stage or has_refused or (
                loop_time.cycle % self._report_every == 0):
            self._reported_stage = stage
            self._has_refused = False
            self._reported_ns = steady_ns
            self._report(now_ns)
        self._diagnostics.update(now_ns, steady_ns)

    def _read_permit(self, message: SafetyState, steady_ns: int) -> None:
        try:
            self._permit = self._permits.read(message, steady_ns)
        except Refused as error:
            self._speak(str(error), steady_ns)

    def _hear(self, now_ns: int, steady_ns: int) -> None:
        for source, subscription in self._trajectories.items():
            message = subscription.take()
            if message is not None:
                self._offer(message, source, now_ns, steady_ns)
                return

    def _offer(self, message: Any, source: CommandSource, now_ns: int, steady_ns: int) -> None:
        try:
            trajectory = trajectory_from_ros(message)
        except Refused as error:
            self._motion.count_refusal(str(error))
            self._tell_refusal(str(error))
        else:
            self._desk.offer(trajectory, source, now_ns, steady_ns)

    def _tell_refusal(self, why: str) -> None:
        self._has_refused = True
        self._speak(f'trajectory refused: {why}', self._steady_ns)

    def _report(self, now_ns: int) -> None:
        recorder = self._loop.recorder
        report = self._motion.report(
            arm=self.params.arm,
            now_ns=now_ns,
            cycles=recorder.cycles,
            missed_cycles=recorder.missed,
            wake_late_us_max=recorder.take_late_max_us(),
            tick_us_max=recorder.take_tick_max_us(),
        )
        self._states.publish(arm_state_to_ros(report))

    def _speak(self, text: str, steady_ns: int) -> None:
        """Warn at most once a second; the counters in ~/state tell the rest."""
        if steady_ns >= self._quiet_until_ns:
            self._quiet_until_ns = steady_ns + _SPEAK_EVERY_NS
            self._log.warning(text)


def _noisy_garbage_collector() -> None:
    gc.unfreeze()
    gc.enable()


def main() -> None:
    """Run the node."""
    run(ArmControllerNode, 'arm_controller')


if __name__ == '__main__':
    main()
