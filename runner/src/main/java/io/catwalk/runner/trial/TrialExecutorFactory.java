package io.catwalk.runner.trial;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.ServiceLoader;

/**
 * Makes the executor that a user names by {@code --on}. The factories are found on the class path of the program by
 * {@link ServiceLoader}: a new one needs no change elsewhere. Its class is public and has a public constructor without
 * parameters.
 */
public interface TrialExecutorFactory {

    /**
     * Returns which texts after {@code --on} are for this factory: those that begin so. Of several factories, the one
     * with the longest beginning gets the text.
     *
     * @return such as {@code cloud:}; empty for whatever is for no other
     */
    String scheme();

    /**
     * Checks a request as far as possible, before anything is written.
     *
     * @param on the whole text after {@code --on}, with the scheme
     * @return what opens the executor once there is a run folder
     * @throws RequestException if trials cannot be run there
     */
    Opening checked(String on);

    /** Opens an executor. */
    interface Opening {

        /**
         * Opens it; what is expensive can wait until the first trial is submitted.
         *
         * @param needs of the run
         * @return an executor, to be closed
         * @throws IOException if files cannot be read or written
         */
        TrialExecutor open(Needs needs) throws IOException;
    }

    /**
     * Holds what an executor needs to know of a run.
     *
     * @param threads of each trial
     * @param jobs number of trials that are to run at once, if they run on this machine
     * @param log file of the run that may receive what is said outside of trials
     * @param program installation of Catwalk on this machine
     * @param imagesInPlace whether the machines see the images under the same path, so that no copy is sent
     */
    record Needs(int threads, int jobs, Path log, Path program, boolean imagesInPlace) {}

    /**
     * Finds the factory for a text.
     *
     * @param on the whole text after {@code --on}
     * @return the factory whose scheme fits best
     * @throws RequestException if there is none
     */
    static TrialExecutorFactory of(String on) {
        return ServiceLoader.load(TrialExecutorFactory.class, TrialExecutorFactory.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .filter(factory -> on.startsWith(factory.scheme()))
                .max(Comparator.comparingInt(factory -> factory.scheme().length()))
                .orElseThrow(() -> new RequestException("nothing here runs trials on " + Reasons.quoted(on)));
    }
}
