package io.catwalk.plugins.bilstm;

import io.catwalk.testkit.ClassifierContract;

final class BiLstmTest extends ClassifierContract {

    BiLstmTest() {
        super(new BiLstm());
    }
}
