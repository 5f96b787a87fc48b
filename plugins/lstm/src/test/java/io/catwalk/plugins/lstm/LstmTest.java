package io.catwalk.plugins.lstm;

import io.catwalk.testkit.ClassifierContract;

final class LstmTest extends ClassifierContract {

    LstmTest() {
        super(new Lstm());
    }
}
