package io.catwalk.runner.training;

import ai.djl.Device;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * What a network is trained on. Its weights are on the processor before and after, where it is judged, exported and
 * measured: see {@code docs/adr/0015-what-a-network-is-trained-on.md}.
 */
public enum ComputeDevice {
    /** The processor. */
    @JsonProperty("cpu")
    CPU,
    /** The first graphics card of NVIDIA that the process sees. */
    @JsonProperty("cuda")
    CUDA;

    Device device() {
        return this == CUDA ? Device.gpu() : Device.cpu();
    }

    /**
     * Names the device as options and files do.
     *
     * @return {@code cpu} or {@code cuda}
     */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
