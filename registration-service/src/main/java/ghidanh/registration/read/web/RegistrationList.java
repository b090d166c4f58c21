package ghidanh.registration.read.web;

import ghidanh.registration.read.Registration;
import ghidanh.registration.read.Registration.Section;
import ghidanh.registration.read.Registration.Status;
import ghidanh.registration.read.Registrations.Page;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of registrations; {@code next} is the cursor of the page after it, null at the end. */
record RegistrationList(
        List<Item> items, @Nullable String next, boolean masterAvailable, List<String> unavailableShards) {

    static RegistrationList of(Page page) {
        return new RegistrationList(
                page.items().stream().map(Item::of).toList(),
                page.next() == null ? null : Cursor.write(page.next()),
                page.masterAvailable(),
                page.unavailableShards());
    }

    record Item(
            String id,
            String shard,
            int stno,
            int secNo,
            String studentName,
            Section section,
            Status status,
            Instant createdAt,
            @Nullable Instant syncedAt,
            boolean synced,
            @Nullable Long latencyMs,
            @Nullable Long masterRegId) {

        static Item of(Registration r) {
            return new Item(
                    r.id().toString(),
                    r.id().shard(),
                    r.stno(),
                    r.secNo(),
                    r.studentName(),
                    r.section(),
                    r.status(),
                    r.createdAt(),
                    r.syncedAt(),
                    r.synced(),
                    r.latencyMs(),
                    r.masterRegId());
        }
    }
}
