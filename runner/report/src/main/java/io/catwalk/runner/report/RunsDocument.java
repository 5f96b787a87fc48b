package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.experiment.ListedRun;
import io.catwalk.runner.experiment.ListedRun.Best;
import io.catwalk.runner.experiment.ListedRun.State;
import io.catwalk.runner.report.Table.TableBuilder;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The list of the runs of a folder, each with its best classifier and a link to its report. */
public final class RunsDocument {

    /** Letters of a moment in ISO 8601 that a reader needs: the day, the hour and the minute. */
    private static final int MINUTE = "2026-11-30T10:42".length();

    private RunsDocument() {}

    /** Returns the document; its addresses are relative to the folder. */
    public static Document of(String folder, List<ListedRun> runs) {
        String title = Wording.count(runs.size(), "run") + " in " + folder;
        List<Block> blocks =
                List.of(table(runs), new Block.Sentences(Medium.ALL, "", Block.Tone.WARNING, faults(runs)));
        return new Document(
                "Runs",
                "The latest first",
                title,
                List.of(new Section("runs", "Runs", title, blocks, "")),
                List.of(),
                "Made by Catwalk: catwalk runs --page.");
    }

    /** Says of each run that cannot be read why. */
    public static List<String> faults(List<ListedRun> runs) {
        return runs.stream()
                .filter(run -> run.fault() != null)
                .map(run -> run.path() + ": " + run.fault())
                .toList();
    }

    /** Returns the table of the runs. The accuracy is that of the best classifier, on the test images of its run. */
    public static Table table(List<ListedRun> runs) {
        return new TableBuilder<>(Medium.ALL, runs)
                .in(Medium.ONLY_PAGE)
                .text("Run", run -> run.reported() ? Cell.Link.toReport(run.path()) : Cell.of(run.path()))
                .in(Medium.ONLY_MARKDOWN)
                .words("Run", run -> run.path())
                .in(Medium.ALL)
                .text(
                        "Started (UTC)",
                        run -> text(
                                run.state(),
                                state -> state.startedAt().substring(0, MINUTE).replace('T', ' ')))
                .text("Data set", run -> text(run.state(), State::dataset))
                .text("Best", run -> text(best(run), Best::classifier))
                .number("Test %", run -> Cell.of(number(best(run), Best::accuracy), Unit.PERCENT))
                .in(Medium.ONLY_PAGE)
                .number(
                        "95 % interval",
                        run -> Cell.percent(number(best(run), Best::low), number(best(run), Best::high)))
                .in(Medium.ALL)
                .text("Trials", run -> text(run.state(), RunsDocument::trials))
                .number("Size", Unit.BYTES, ListedRun::bytes)
                .table("table", "Runs", "");
    }

    private static String trials(State state) {
        return state.done()
                + (state.done() < state.planned() ? " of " + state.planned() : "")
                + (state.failed() > 0 ? ", " + state.failed() + " failed" : "");
    }

    private static @Nullable Best best(ListedRun run) {
        State state = run.state();
        return state == null ? null : state.best();
    }

    private static <T> Cell text(@Nullable T of, Function<T, String> text) {
        return Cell.of(of == null ? Numbers.NONE : text.apply(of));
    }

    private static <T> @Nullable Double number(@Nullable T of, Function<T, Double> number) {
        return of == null ? null : number.apply(of);
    }
}
