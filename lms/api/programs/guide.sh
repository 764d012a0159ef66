# [token]
API={{ api }}
CLIENT_ID=bc_…
CLIENT_SECRET=bs_…
TOKEN=$(curl -sS --fail-with-body -u "$CLIENT_ID:$CLIENT_SECRET" \
  -d grant_type=client_credentials "$API/oauth/token" | jq -r .access_token)

# Each of the requests below is sent by this function.
call() { curl -sS --fail-with-body -H "Authorization: Bearer $TOKEN" "$@"; }
JSON="Content-Type: application/json"

call "$API/me" | tee me.json | jq
jq -e .region.is_sandbox me.json > /dev/null || {
  echo 'Try this with a key of the sandbox first.'; exit 1; }

# [cohort]
COHORT=$(call "$API/cohorts" \
  | jq -r 'first(.items[] | select(.is_enrolment_open)).id')

# [dry_run]
printf '%s\n' 'Табельный номер;Фамилия;Имя;Отчество;Почта' \
  '1001;Новикова;Ирина;Олеговна;novikova@example.org' \
  '1002;Белов;Олег;;не адрес' > people.csv
IMPORT=$(call -F file=@people.csv -F cohort="$COHORT" "$API/imports" | jq -r .id)
while [ "$(call "$API/imports/$IMPORT" | jq -r .state)" = checking ]; do sleep 1; done
call "$API/imports/$IMPORT" | jq '{state, counts}'
call "$API/imports/$IMPORT/rows?outcome=rejected" | jq '.items[] | {row, errors}'

# [enrol]
call -X PUT -H "$JSON" \
  -d '{"family_name": "Смирнова", "given_name": "Вера", "patronymic": "Павловна",
       "email": "smirnova@example.org", "organisation": "Центр «Забота»"}' \
  "$API/cohorts/$COHORT/enrolments/by-external-id/hr/12345" > enrolment.json
jq .outcome enrolment.json
ENROLMENT=$(jq -r .enrolment.id enrolment.json)
LEARNER=$(jq -r .enrolment.learner.id enrolment.json)

# [progress]
call "$API/enrolments/$ENROLMENT/progress" \
  | jq '{state, units_done, units_total, percent}'

# [webhook]
call -H "$JSON" -d '{"url": "https://hr.example.org/hooks"}' \
  "$API/webhook-endpoints" > endpoint.json
ENDPOINT=$(jq -r .endpoint.id endpoint.json)
SECRET=$(jq -r .secret endpoint.json)

# What arrives: three headers and a body. This one you sign yourself,
# to try your check on it.
ID=msg_1 TIME=$(date +%s) BODY='{"type":"test"}'
HEX=$(printf '%s' "${SECRET#whsec_}" | openssl base64 -d -A \
  | od -An -v -tx1 | tr -d ' \n')
printf '%s' "$ID.$TIME.$BODY" \
  | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$HEX" -binary \
  | openssl base64 -A | sed 's/^/webhook-signature: v1,/'

# [sign_in]
SITE=${API%/api/v1}
curl -sS --fail-with-body "$SITE/.well-known/oauth-authorization-server" | jq
NARROW=$(curl -sS --fail-with-body -u "$CLIENT_ID:$CLIENT_SECRET" \
  -d grant_type=client_credentials -d scope="cohorts:read progress:read" \
  "$API/oauth/token" | jq -r .access_token)
curl -sS --fail-with-body -u "$CLIENT_ID:$CLIENT_SECRET" \
  -d token="$NARROW" "$API/oauth/revoke"

# [errors]
call -H "Accept-Language: en" "$API/enrolments/none" || true   # 404

# [own_log]
call "$API/usage" | jq '{requests_per_minute, left}'
call "$API/requests?limit=5" | jq '.items[] | {at, request, status, code, request_id}'

# [etag]
call -D headers.txt "$API/learners/$LEARNER" | jq .position
ETAG=$(sed -n 's/^etag: //Ip' headers.txt | tr -d '\r')
call -X PATCH -H "$JSON" -H "If-Match: $ETAG" \
  -d '{"position": "Психолог"}' "$API/learners/$LEARNER" | jq .outcome
call -X PATCH -H "$JSON" -H "If-Match: $ETAG" \
  -d '{"position": "Юрист"}' \
  "$API/learners/$LEARNER" || true   # 412: it has changed since

# [learners]
call -X PUT -H "$JSON" \
  -d '{"family_name": "Юсупова", "given_name": "Алия", "phone": "8 (912) 345-67-89"}' \
  "$API/learners/by-external-id/hr/777" | jq .outcome
call "$API/learners?system=hr&limit=2" | jq '.items[].external_ids'

# [organisations]
call -X PUT -H "$JSON" -d '{"name": "Центр «Радуга»", "inn": "7012345676"}' \
  "$API/organisations/by-external-id/hr/55" > centre.json
CENTRE=$(jq .organisation.id centre.json)
call -X PUT -H "$JSON" \
  -d '{"name": "«Радуга», филиал", "parent": '"$CENTRE"', "metadata": {"code": "4-Б"}}' \
  "$API/organisations/by-external-id/hr/56" | jq .outcome
call "$API/organisations?parent=$CENTRE" | jq '.items[].name'

# [courses]
COURSE=$(call "$API/courses" | jq -r '.items[0].id')
call -H "$JSON" -H "Idempotency-Key: $(openssl rand -hex 16)" \
  -d '{"course": "'"$COURSE"'", "title": "Весна", "capacity": 30,
       "starts_at": "2030-03-01T06:00:00Z", "ends_at": "2030-06-01T06:00:00Z"}' \
  "$API/cohorts" > cohort.json
SPRING=$(jq -r .cohort.id cohort.json)

# [transfer]
call -H "$JSON" -d '{"cohort": "'"$SPRING"'", "reason": "Отпуск"}' \
  "$API/enrolments/$ENROLMENT/transfer" \
  | jq '{outcome, cohort: .enrolment.cohort.title}'

# [withdraw]
call -H "$JSON" -d '{"to": "withdrawn", "reason": "Перешла в другое учреждение"}' \
  "$API/enrolments/$ENROLMENT/transitions" | jq .outcome

# [repeat]
call "$API/enrolments?state=completed" \
  | jq -r '.items[0].id // empty' | while read -r COMPLETED; do
    call -H "$JSON" -d '{}' "$API/enrolments/$COMPLETED/repeat" \
      | jq .enrolment.attempt
  done

# [import]
call -H "$JSON" -H "Idempotency-Key: $(openssl rand -hex 16)" \
  -d '{}' "$API/imports/$IMPORT/confirm" | jq .state
while [ "$(call "$API/imports/$IMPORT" | jq -r .state)" = applying ]; do sleep 1; done
call "$API/imports/$IMPORT/rows?outcome=created" \
  | jq '.items[] | {row, learner, enrolment}'
call -o errors.csv "$API/imports/$IMPORT/errors.csv"

# [sync]
printf '%s\n' 'Табельный номер;Фамилия;Имя' '1003;Ли;Нина' > everybody.csv
SYNC=$(call -F file=@everybody.csv -F cohort="$COHORT" -F mode=sync -F max_removals=0 \
  "$API/imports" | jq -r .id)
while [ "$(call "$API/imports/$SYNC" | jq -r .state)" = checking ]; do sleep 1; done
REMOVALS=$(call "$API/imports/$SYNC" | jq .removals)
# Those whom your own system says goodbye to; here everybody.
LEAVING=$(for STATE in invited active; do
  call -G "$API/enrolments" -d cohort="$COHORT" -d state=$STATE -d limit=200 | jq '.items[].id'
done | wc -l)
[ "$REMOVALS" -eq "$LEAVING" ] || { echo "$REMOVALS would leave, $LEAVING should."; exit 1; }
call -H "$JSON" -d '{"removals": '"$REMOVALS"'}' "$API/imports/$SYNC/confirm" | jq .state

# [undo]
while [ "$(call "$API/imports/$SYNC" | jq -r .state)" = applying ]; do sleep 1; done
call -X POST "$API/imports/$SYNC/undo" | jq '{state, undo_until}'
while [ "$(call "$API/imports/$SYNC" | jq -r .state)" = undoing ]; do sleep 1; done
call "$API/imports/$SYNC" | jq .counts

# [read_back]
SINCE=2026-01-01T00:00:00Z CURSOR=
while :; do
  call -G "$API/progress" -d limit=100 -d updated_since="$SINCE" \
    ${CURSOR:+--data-urlencode cursor="$CURSOR"} > page.json
  jq -c '.items[] | {enrolment, percent}' page.json
  [ "$(jq .has_more page.json)" = true ] || break
  CURSOR=$(jq -r .next_cursor page.json)
done
call "$API/enrolments?updated_since=$SINCE" | jq '.items | length'
call "$API/enrolments/$ENROLMENT/results" | jq '.results[] | {code, wave, state}'
call "$API/attendance?cohort=$COHORT" | jq '.items | length'
call "$API/cohorts/$COHORT/results" | jq

# [certificates]
CERTIFICATE=$(call "$API/certificates?enrolment=$ENROLMENT" | jq -r '.items[0].id // empty')
if [ -n "$CERTIFICATE" ]; then
  call -o certificate.pdf "$API/certificates/$CERTIFICATE/pdf"
fi

# [feed]
NEXT=$(call "$API/events?limit=200" | jq -r .next_cursor)
call -G "$API/events" --data-urlencode cursor="$NEXT" \
  | jq '.items[] | {number, type, data}'

# [webhooks]
call -X POST "$API/webhook-endpoints/$ENDPOINT/test" | jq '{state, attempts}'
call "$API/webhook-endpoints/$ENDPOINT/deliveries" | jq '.items | length'
call -X POST "$API/webhook-endpoints/$ENDPOINT/rotate-secret" | jq -r .secret
call -X DELETE "$API/webhook-endpoints/$ENDPOINT"

# [scim]
SCIM=$SITE/scim/v2
call -H "Content-Type: application/scim+json" \
  -d '{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
       "userName": "ivanova",
       "name": {"familyName": "Иванова", "givenName": "Мария",
                "middleName": "Петровна"},
       "emails": [{"value": "ivanova@example.org", "type": "work"}]}' \
  "$SCIM/Users" | jq -r .id
call -G "$SCIM/Users" --data-urlencode 'filter=userName eq "ivanova"' \
  | jq .totalResults

# [personal_data]
call "$API/learners/$LEARNER/export" | jq '.sections[].key'
call "$API/learners/$LEARNER/consents" | jq .items
call "$API/personal-data-accesses?learner=$LEARNER" \
  | jq '.items[] | {at, client, reader, request}'

# [merge]
TWIN=$(call "$API/learners/by-external-id/hr/777" | jq -r .id)
call -H "$JSON" -d '{"duplicate": "'"$TWIN"'"}' \
  "$API/learners/$LEARNER/merge" | jq .external_ids
call -H "$JSON" -d '{"reason": "Письмо 17 от 3 марта"}' \
  "$API/learners/$LEARNER/erase" | jq '.report | length'
