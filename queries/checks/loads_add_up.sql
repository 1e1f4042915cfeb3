-- Rows read = taken + refused + set aside: for which loads not?
select load, file from load where rows_read <> rows_taken + rows_refused + rows_set_aside
