"""Stub."""
import numpy as np
def record_sound(plan,file):
    return np.zeros(file.duration_ns*48000//10**9,np.float32)
def hear(plan,file):
    return ()
