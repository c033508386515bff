"""Speech to text on this machine: an optional library (faster-whisper) and a model in a local folder, nothing else.

Nothing is ever downloaded. What a machine wrote is marked as made by that model and as not checked until a person says
so. The recogniser runs in a child process behind the protocol of `recogniser`; `job` drives it.
"""
