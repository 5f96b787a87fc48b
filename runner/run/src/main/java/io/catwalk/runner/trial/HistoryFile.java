package io.catwalk.runner.trial;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.training.Epoch;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Writes and reads the history of a training, one line per epoch. */
final class HistoryFile {

    private static final String HEAD =
            "epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,score,learning_rate,seconds";

    private HistoryFile() {}

    static void write(List<Epoch> history, Path file) throws IOException {
        StringBuilder csv = new StringBuilder(HEAD + "\n");
        for (Epoch epoch : history) {
            csv.append(String.format(
                    Locale.ROOT,
                    "%d,%.6f,%.6f,%.6f,%.6f,%.6f,%.6g,%.3f\n",
                    epoch.epoch(),
                    epoch.trainLoss(),
                    epoch.trainAccuracy(),
                    epoch.validationLoss(),
                    epoch.validationAccuracy(),
                    epoch.score(),
                    epoch.learningRate(),
                    epoch.seconds()));
        }
        AtomicFiles.write(file, csv.toString());
    }

    /** Reads the epochs; none if there is no file. */
    static List<Epoch> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        if (!Files.isRegularFile(file)) {
            throw damaged(file, 1, "a folder");
        }
        List<Epoch> history = new ArrayList<>();
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.isEmpty() || !lines.get(0).equals(HEAD)) {
                throw damaged(file, 1, lines.isEmpty() ? "nothing" : Reasons.quoted(lines.get(0)));
            }
            for (String line : lines.subList(1, lines.size())) {
                history.add(epoch(file, history.size() + 2, line));
            }
        } catch (CharacterCodingException e) {
            throw damaged(file, 1, "bytes that are no text");
        }
        return history;
    }

    private static Epoch epoch(Path file, int number, String line) {
        String[] cells = line.split(",", -1);
        try {
            if (cells.length == HEAD.split(",", -1).length) {
                double[] n = Stream.of(cells).mapToDouble(Double::parseDouble).toArray();
                return new Epoch(Integer.parseInt(cells[0]), n[1], n[2], n[3], n[4], n[5], n[6], n[7]);
            }
        } catch (NumberFormatException e) {
            throw damaged(file, number, Reasons.quoted(line));
        }
        throw damaged(file, number, Reasons.quoted(line));
    }

    private static RequestException damaged(Path file, int line, String found) {
        return new RequestException("expected the history of a training in " + file + ", but line " + line + " is "
                + found + ": make it again with catwalk resume");
    }
}
