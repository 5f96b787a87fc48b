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
     * Returns which texts after {@code --on} are for this factory.
     *
     * @return the whole text, or, with a colon at its end, what the text begins with, such as {@code cloud:}; empty for
     *     whatever is for no other
     */
    String scheme();

    /**
     * Checks a request as far as possible, before anything is written.
     *
     * @return what opens the executor once there is a run folder
     * @throws RequestException if trials cannot be run there
     */
    Opening checked(Request request);

    /** Tells whether trials run on other machines, about which this one knows nothing. */
    default boolean elsewhere() {
        return true;
    }

    /**
     * Says what a user asks for.
     *
     * @param on the whole text after {@code --on}
     * @param resumes whether the run was begun before
     * @param budget whether the time is limited, after which running trials are stopped
     * @param imagesInPlace whether the machines see the images under the same path, so that no copy is sent
     */
    record Request(String on, boolean resumes, boolean budget, boolean imagesInPlace) {

        /** Returns the factory's own part of the text: what follows the first colon; empty without one. */
        public String place() {
            return on.substring(on.indexOf(':') < 0 ? on.length() : on.indexOf(':') + 1);
        }
    }

    interface Opening {

        /** Opens it; what is expensive can wait until the first trial is submitted. */
        TrialExecutor open(Needs needs) throws IOException;
    }

    /**
     * Holds what an executor needs to know of a run.
     *
     * @param jobs number of trials that are to run at once, if they run on this machine
     * @param log file of the run that may receive what is said outside of trials
     * @param program installation of Catwalk on this machine
     */
    record Needs(int threads, int jobs, Path log, Path program) {}

    /** Finds the factory whose scheme fits the whole text after {@code --on} best; refuses a text that none fits. */
    static TrialExecutorFactory of(String on) {
        return ServiceLoader.load(TrialExecutorFactory.class, TrialExecutorFactory.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .filter(factory -> fits(on, factory.scheme()))
                .max(Comparator.comparingInt(factory -> factory.scheme().length()))
                .orElseThrow(() -> new RequestException("nothing here runs trials on " + Reasons.quoted(on)));
    }

    private static boolean fits(String on, String scheme) {
        return scheme.isEmpty() || on.equals(scheme) || (scheme.endsWith(":") && on.startsWith(scheme));
    }
}
