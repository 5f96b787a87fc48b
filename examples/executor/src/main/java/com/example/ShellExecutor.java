package com.example;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.remote.RemoteExecutor;
import io.catwalk.runner.trial.TrialExecutor.TrialNews;
import io.catwalk.runner.trial.TrialExecutorFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;

/**
 * Runs each trial by a command of the shell. The machines share the folder of {@code CATWALK_CACHE}, where orders and
 * outcomes are. With {@code --jobs 3}:
 *
 * <pre>--on 'shell:ssh node$SLOT catwalk work $ORDER --out $OUTCOME --json --lives-with input'</pre>
 *
 * <p>{@code $SLOT} is a number from 1 to that of {@code --jobs}; two commands that run at once have different ones.
 */
public final class ShellExecutor implements TrialExecutorFactory {

    @Override
    public String scheme() {
        return "shell:";
    }

    @Override
    public Opening checked(Request request) {
        String command = request.place();
        if (!command.contains("$ORDER") || !command.contains("$OUTCOME")) {
            throw new RequestException("expected a command with $ORDER and $OUTCOME after shell:, but found " + command);
        }
        return needs -> {
            BlockingQueue<Integer> free = new LinkedBlockingQueue<>();
            IntStream.rangeClosed(1, needs.jobs()).forEach(free::add);
            return new RemoteExecutor(needs.jobs(), needs.threads(), request.imagesInPlace(), sent -> {
                int slot = free.take();
                try {
                    carryOut(command, slot, sent);
                } finally {
                    free.add(slot);
                }
            });
        };
    }

    static void carryOut(String command, int slot, RemoteExecutor.Sent sent)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "ORDER", sent.order().toString(),
                        "OUTCOME", sent.outcome().toString(),
                        "SLOT", Integer.toString(slot)));
        Process process = builder.start();
        StringBuffer last = new StringBuffer();
        Runnable listening = () -> {
            try {
                process.inputReader().lines().forEach(line -> {
                    sent.heard(line);
                    last.replace(0, last.length(), line);
                });
            } catch (UncheckedIOException e) {
                last.append("; then its output could not be read: ").append(e.getMessage());
            }
        };
        Thread reader = new Thread(listening, "slot " + slot);
        try {
            sent.news().accept(new TrialNews.Started("slot " + slot));
            reader.start();
            int code = process.waitFor(); // an interrupt cancels the trial
            reader.join();
            if (!Files.exists(sent.outcome())) {
                throw new IOException("the command ended with exit code " + code + ": " + last);
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
