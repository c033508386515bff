"""Stub."""

from __future__ import annotations
import cv2, numpy as np
from app.demo.finish import Finish


class FrameRenderer:
    def __init__(self, plan, file):
        cv2.setNumThreads(1)
        self.plan = plan
        self.file = file
        self.finish = Finish(file, plan.request.seed, with_codes=plan.request.with_codes)

    def planes(self, n):
        w, h = self.file.shown_size
        img = np.full((h, w, 3), 60, np.uint8)
        cv2.circle(img, (int((n * 3) % w), h // 3), h // 10, (200, 180, 90), -1)
        return self.finish.planes(img, n)
