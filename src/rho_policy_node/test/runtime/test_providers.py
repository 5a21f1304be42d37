# SPDX-License-Identifier: Apache-2.0
import pytest

from rho_core.errors import ConfigError
from rho_policy_node.runtime.providers import plan_providers
from rho_policy_node.runtime.providers import verify_providers

CPU = 'CPUExecutionProvider'
CUDA = 'CUDAExecutionProvider'


def test_the_cpu_takes_what_the_demanded_provider_leaves() -> None:
    assert plan_providers([CUDA], [CUDA, CPU]) == [CUDA, CPU]
    assert plan_providers([CPU], [CUDA, CPU]) == [CPU]


def test_a_demanded_provider_must_exist() -> None:
    with pytest.raises(
        ConfigError, match=f'^providers: {CUDA} not in this onnxruntime; available'
    ):
        plan_providers([CUDA], [CPU])


def test_a_silent_fall_back_is_an_error() -> None:
    verify_providers([CPU], [CPU])
    with pytest.raises(ConfigError, match=f'{CUDA} demanded, but the session runs on: {CPU}'):
        verify_providers([CUDA, CPU], [CPU])
