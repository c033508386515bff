"""Makes a video and checks it, or makes one frame of it to look at. Runs in the process that composes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import av.error
from av.video.reformatter import ColorRange, Colorspace

from annotations.composite.checking import Kept, check
from annotations.composite.far_feed import TilePipe
from annotations.composite.messages import Composed, CompositeOrder, NotComposed, PreviewOrder, PreviewPicture
from annotations.composite.scene import Lettering, Scene
from annotations.composite.writing import encoder_words, write
from annotations.cuts.checking import CheckFailedError
from annotations.cuts.cutting import libraries
from annotations.cuts.written import DiskError
from evidence.errors import SightlineError
from player.decoder.planes import rows_of

Tell = Callable[[int, int, str], None]
"""Told how many of how many frames are done, and what is being done."""


def compose(
    order: CompositeOrder, lettering: Lettering, tell: Tell, decoders: Sequence[TilePipe] = ()
) -> Composed | NotComposed:
    """Make a video. What cannot be done comes back as a reason; nothing foreseen is raised.

    Args:
        order: what is made.
        lettering: writes and draws.
        tell: told how far it is.
        decoders: a process for each tile; none to decode in threads of this process.
    """
    path = Path(os.fsdecode(order.out_path))
    total = order.frames + order.frames // 4  # decoding what was written is quicker than making it
    scene, kept = Scene(order, lettering, decoders), Kept(order)
    try:
        unheard = write(order, scene, path, lambda done: tell(done, total, "Composing"), kept.take)
        anew = Scene(order, lettering, decoders)
        facts = check(order, kept, anew, path, lambda done: tell(order.frames + done // 4, total, "Checking"))
    except DiskError as error:
        return NotComposed(str(error).rstrip(".") + ".", "Free some space, or choose another folder.", is_disk=True)
    except CheckFailedError as error:
        return NotComposed(
            f"The video did not pass its check: {error}", "Verify the case; if that is well, report this with the case."
        )
    except av.error.FFmpegError as error:
        return NotComposed(
            f"The video cannot be made: FFmpeg says “{error.strerror or error}”.", "Leave cameras out one by one."
        )
    except SightlineError as error:
        return NotComposed(error.happened, error.remedy)
    return Composed(
        facts,
        tuple(scene.missing),
        scene.missing_count,
        tuple(scene.failed.values()),
        unheard,
        encoder_words(order),
        libraries(),
    )


def preview(wanted: PreviewOrder, lettering: Lettering) -> PreviewPicture | NotComposed:
    """Make one frame of a video."""
    try:
        frame = next(Scene(wanted.order, lettering).frames([wanted.number]))
    except (SightlineError, av.error.FFmpegError) as error:
        return NotComposed(str(error))
    seen = frame.reformat(
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return PreviewPicture(seen.width, seen.height, rows_of(seen, 0)[:, : seen.width * 3].tobytes())
