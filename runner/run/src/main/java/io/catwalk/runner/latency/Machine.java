package io.catwalk.runner.latency;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;

/** The machine that a result was made on, with the number of logical processors that the JVM may use. */
public record Machine(String os, String architecture, String processor, int cores, long memoryBytes) {

    public static Machine current() {
        SystemInfo info = new SystemInfo();
        CentralProcessor processor = info.getHardware().getProcessor();
        return new Machine(
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("os.arch"),
                processor.getProcessorIdentifier().getName().strip(),
                Runtime.getRuntime().availableProcessors(),
                info.getHardware().getMemory().getTotal());
    }

    /** Describes it for display: {@code AMD EPYC (amd64) with 2 cores and Linux 6.1}. */
    public String title() {
        return processor + " (" + architecture + ") with " + cores + (cores == 1 ? " core" : " cores") + " and " + os;
    }

    /** Reads the largest resident memory that this process ever had, in bytes; null on all systems but Linux. */
    public static @Nullable Long peakMemoryBytes() {
        return peakMemoryBytes(Path.of("/proc/self/status"));
    }

    static @Nullable Long peakMemoryBytes(Path status) {
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                }
            }
        } catch (IOException e) {
            return null;
        }
        return null;
    }
}
