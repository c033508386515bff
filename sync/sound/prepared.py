"""What is made of a recording once, before it is compared with others."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sync.sound.decode import Samples, Sound
from sync.sound.features import Features, make_features
from sync.sound.left_over import LeftOver, take_out_repeats
from sync.sound.novelty import Novelty, find_novelty
from sync.sound.repeats import REPEATS_NOTHING, Repeats, find_repeats
from sync.sound.search import Searchable, make_searchable


@dataclass(frozen=True, eq=False)
class Prepared:
    """A recording ready to be matched.

    Attributes:
        samples: at 8 kHz.
        start_s: media time of the first, s.
        features: what is heard.
        searchable: the same, transformed.
        repeats: what it repeats of itself.
        novelty: what is new in it.
        left: what is left of the samples when what repeats is taken out.
        left_features: what is heard of what is left; as `features` where nothing repeats.
        left_searchable: the same, transformed; as `searchable` where nothing repeats.
    """

    samples: Samples
    start_s: float
    features: Features
    searchable: Searchable
    repeats: Repeats
    novelty: Novelty
    left: LeftOver
    left_features: Features
    left_searchable: Searchable

    @property
    def left_over(self) -> Prepared:
        """The recording with what is left of it as its sound, which is taken to repeat nothing."""
        return replace(self, samples=self.left.samples, repeats=REPEATS_NOTHING)


def prepare(sound: Sound) -> Prepared:
    """Do what is done once per recording."""
    features = make_features(sound.samples)
    searchable = make_searchable(features)
    novelty = find_novelty(features)
    left = take_out_repeats(sound.samples, novelty.periods_s)
    left_features = make_features(left.samples) if left.periods_s else features
    return Prepared(
        samples=sound.samples,
        start_s=sound.start_ns / 1e9,
        features=features,
        searchable=searchable,
        repeats=find_repeats(sound.samples, searchable),
        novelty=novelty,
        left=left,
        left_features=left_features,
        left_searchable=make_searchable(left_features) if left.periods_s else searchable,
    )
