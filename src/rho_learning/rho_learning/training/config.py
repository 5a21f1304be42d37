# SPDX-License-Identifier: Apache-2.0
"""Everything a training run depends on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """Defaults are the recipe of the committed bundle."""

    demonstrations: int = 1200
    near_share: float = 0.25  # share of demonstrations that start near the target
    processes: int = 1
    steps: int = 2000
    batch: int = 64
    action_moments: int = 8  # action moments per image
    seed: int = 0
    learning_rate: float = 1e-3
    weight_decay: float = 1e-3
    warm_up: int = 100
    clip_norm: float = 1.0
    ema: float = 0.998
    max_context_age_s: float = 0.26  # 150 ms of transport and 100 ms until the next context
    joint_noise_rad: float = 0.001
    touch_noise_ut: float = 1.0
    target_noise_m: float = 0.001
    embedding_noise: float = 0.2  # in standard deviations over the command set
    gain: float = 0.15  # image gain and colour offset
    offset: float = 0.05
    evaluation_episodes: int = 60

    def __post_init__(self) -> None:
        """Refuse configurations that cannot run."""
        positive = ('demonstrations', 'processes', 'steps', 'batch', 'action_moments')
        for name in positive:
            if getattr(self, name) < 1:
                raise ValueError(f'{name}: expected at least 1, got {getattr(self, name)}')
        if not 0.0 <= self.near_share <= 1.0:
            raise ValueError(f'near_share: expected 0 to 1, got {self.near_share}')
        if not 0.0 <= self.ema < 1.0:
            raise ValueError(f'ema: expected 0 <= ema < 1, got {self.ema}')

    @classmethod
    def smoke(cls) -> 'TrainingConfig':
        """Return tiny numbers that touch every part in about a minute."""
        return cls(
            demonstrations=4, steps=6, batch=4, action_moments=2, warm_up=2, evaluation_episodes=1
        )
