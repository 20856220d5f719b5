{% test same_rows(model, other) %}select * from {{ model }} left join {{ other }} using (id){% endtest %}
