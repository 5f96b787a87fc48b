package io.catwalk.plugins.rnn;

import io.catwalk.testkit.ClassifierContract;

final class RnnTest extends ClassifierContract {

    RnnTest() {
        super(new Rnn());
    }
}
