package io.catwalk.runner.training;

import ai.djl.Device;
import java.util.Locale;

/**
 * The device that a network is trained on. Before and after training its weights are on the processor, where it is
 * evaluated, exported and measured: see {@code docs/adr/0015-what-a-network-is-trained-on.md}.
 */
public enum ComputeDevice {
    CPU,
    /** The first NVIDIA graphics card that the process sees. */
    CUDA;

    Device device() {
        return this == CUDA ? Device.gpu() : Device.cpu();
    }

    /** Returns the name of the device in options and files: {@code cpu} or {@code cuda}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
