package io.catwalk.runner.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
class MachineTest {

    @Test
    void peakMemoryIsTheHighWaterMarkOfTheResidentSetOrNullWhereTheSystemDoesNotTell(@TempDir Path folder)
            throws IOException {
        Path status = folder.resolve("status");
        assertThat(Machine.peakMemoryBytes(status)).isNull();
        Files.writeString(status, "Name:\tjava\nVmPeak:\t 8529404 kB\nVmHWM:\t  730312 kB\nVmRSS:\t  730308 kB\n");
        assertThat(Machine.peakMemoryBytes(status)).isEqualTo(747_839_488L);
        Files.writeString(status, "Name:\tkthreadd\n");
        assertThat(Machine.peakMemoryBytes(status)).isNull();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void linuxTellsAtLeastWhatTheHeapHolds() {
        assertThat(Machine.peakMemoryBytes()).isGreaterThan(1L << 20);
    }
}
