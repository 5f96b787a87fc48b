package io.catwalk.runner.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Finds the processes of trials, and kills them. */
public final class Works {

    private Works() {}

    /** Waits until a process is there that trains, and kills all such. */
    public static void kill(Supplier<Stream<ProcessHandle>> among) throws InterruptedException {
        await(among).forEach(ProcessHandle::destroyForcibly);
    }

    /** Waits until a process is there that trains, and returns the folder of its trial. */
    public static Path folder(Supplier<Stream<ProcessHandle>> among) throws InterruptedException {
        String command = await(among).get(0).info().commandLine().orElse("");
        return Path.of(command.replaceFirst(".*-XX:ErrorFile=(.+?)/crash\\.log .*", "$1"));
    }

    /** Waits until a process is there that trains, and returns all such. */
    private static List<ProcessHandle> await(Supplier<Stream<ProcessHandle>> among) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        List<ProcessHandle> found = training(among);
        while (found.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(20); // the system tells nobody that a process was started by another one
            found = training(among);
        }
        assertThat(found).isNotEmpty();
        return found;
    }

    private static List<ProcessHandle> training(Supplier<Stream<ProcessHandle>> among) {
        return among.get()
                .filter(process -> process.info()
                        .commandLine()
                        .orElse("")
                        .contains("/crash.log ")) // the end of a long command line is cut off
                .toList();
    }
}
