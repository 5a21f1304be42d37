# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rclpy.serialization import deserialize_message
from rclpy.serialization import serialize_message

from rho_core.errors import Refused
from rho_core.geometry.verdict import GeometryVerdict
from rho_interfaces.msg import GeometryState
from rho_ros.conversions.geometry import geometry_from_ros
from rho_ros.conversions.geometry import geometry_to_ros

singles = st.floats(0.0, 1.0, width=32)
verdicts = st.builds(
    GeometryVerdict,
    stamp_ns=st.integers(0, 2**31 * 10**9 - 1),
    seq=st.integers(0, 2**64 - 1),
    arms=st.just(('left', 'right')),
    speed_scales=st.tuples(singles, singles),
    blocked=st.tuples(st.booleans(), st.booleans()),
    margin_m=st.floats(-1.0, 1.0, width=32),
    closest=st.text(st.characters(codec='utf-8', exclude_characters='\0'), max_size=20),
    tip_speeds=st.tuples(singles, singles),
)


@given(verdicts)
def test_a_judgement_survives_the_wire(verdict: GeometryVerdict) -> None:
    data = serialize_message(geometry_to_ros(verdict, 0.25))
    message = deserialize_message(data, GeometryState)
    assert message.check_ms == 0.25
    assert geometry_from_ros(message) == verdict


def test_a_judgement_without_one_value_per_arm_is_refused() -> None:
    message = GeometryState(arms=['left'], speed_scales=[1.0], blocked=[False])
    with pytest.raises(Refused, match='1 arms, 1 scales, 1 verdicts, 0 tip speeds'):
        geometry_from_ros(message)
    with pytest.raises(Refused, match='0 arms'):
        geometry_from_ros(GeometryState())
